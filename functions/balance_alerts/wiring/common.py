"""What every function stands on: the table, the clock, and the parts over the table alone."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Self

from botocore.config import Config

from balance_alerts.store import table
from balance_alerts.wiring import clock

if TYPE_CHECKING:
    from balance_alerts.store.accounts import Accounts
    from balance_alerts.store.alerts import Alerts
    from balance_alerts.store.ledger import Ledger
    from balance_alerts.store.practices import Practices

ClientName = Literal["cognito-idp", "lambda", "s3", "secretsmanager", "sesv2", "sns", "sqs"]


class CommonParts:
    """Builds each part once, when it is first asked for.

    Parts are imported where they are built: a function loads only what it uses, which is most of
    its start-up time.
    """

    def __init__(self, table_name: str) -> None:
        table.connect(table_name)
        # Not boto3's: it would load all of S3's transfers, a fifth of the time it takes to start.
        self.session = table.session()

    @classmethod
    def from_environment(cls) -> Self:
        """As a function of the stack: the template sets the variables."""
        return cls(os.environ["TABLE_NAME"])

    def now(self) -> datetime:
        """The present instant, by the one clock of the stack."""
        return clock.system_clock()

    @cached_property
    def practices(self) -> Practices:
        """The practices."""
        from balance_alerts.store.practices import Practices

        return Practices()

    @cached_property
    def accounts(self) -> Accounts:
        """The accounts."""
        from balance_alerts.store.accounts import Accounts

        return Accounts()

    @cached_property
    def ledger(self) -> Ledger:
        """The ledgers."""
        from balance_alerts.store.ledger import Ledger

        return Ledger(self.now)

    @cached_property
    def alerts(self) -> Alerts:
        """The history of alerts."""
        from balance_alerts.store.alerts import Alerts

        return Alerts(self.now, **kept_for(os.environ.get("ALERT_HISTORY_DAYS")))

    def client(self, name: ClientName) -> Any:
        """A client for what may be repeated, with time limits that leave a run some time."""
        config = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard"})
        return self.session.create_client(name, config=config)


def kept_for(days: str | None) -> dict[str, timedelta]:
    """How long something is kept, as an argument; none where the deployment says nothing."""
    return {"kept_for": timedelta(days=int(days))} if days else {}
