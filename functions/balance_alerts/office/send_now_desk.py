"""Staff ask the sender to alert one patient at once."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from balance_alerts.domain.audit import Who
from balance_alerts.domain.errors import NotDueError, RuleError
from balance_alerts.telemetry import failure

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SentNow:
    """The alert that went out, or may have; its channels are in the patient's alerts."""

    alert_id: str


@dataclass(frozen=True, slots=True)
class SendNowDesk:
    """Calls the sender and waits for what it says.

    Only the sender may text and email, and the function that faces the internet never may. It is
    called rather than queued to, so that whoever clicked learns what came of it; asking again
    with the same key finds out what became of a call without an answer.
    """

    client: LambdaClient
    sender: str

    def send(self, practice_id: str, patient_id: str, key: str, *, by: Who) -> SentNow:
        """Alert a patient now; the same key again tells of the same alert.

        Raises:
            NotDueError: the rules say no.
            RuleError: what the sender refuses with; `try_again` where it gave no answer.
        """
        click = {
            "practice_id": practice_id,
            "patient_id": patient_id,
            "key_digest": hashlib.sha256(key.encode()).hexdigest(),
            "by": asdict(by),
        }
        answer = self._ask({"send_now": click})
        if "alert_id" in answer:
            return SentNow(answer["alert_id"])
        if "reason" in answer:
            raise NotDueError(answer["reason"])
        raise RuleError(answer["code"], answer["message"])

    def _ask(self, event: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            answer = self.client.invoke(FunctionName=self.sender, Payload=json.dumps(event))
            failed = "FunctionError" in answer
            told: Mapping[str, Any] = {} if failed else json.loads(answer["Payload"].read())
        except (BotoCoreError, ClientError, ValueError) as error:
            logger.error("sender not reached", extra=failure(error))
            told = {}
        if not told:
            raise RuleError(
                "try_again",
                "It is not known yet whether the alert went out. Ask again with the same "
                "Idempotency-Key: it goes out once at most.",
            )
        return told
