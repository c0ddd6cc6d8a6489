"""Numbers whose owners opted out at the provider, found by reading its list.

SNS accepts texts to them without a word. The delivery log tells of each afterwards; the list tells
before one is sent, and where there is no log.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from balance_alerts.alerts.troubles import Troubles
from balance_alerts.channels.text_opt_outs import TextOptOuts
from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.contact import WITHDRAWN, ContactFact
from balance_alerts.domain.personal import Contact
from balance_alerts.store import keys, opt_out_place, table
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.contacts import ContactRecord

SOURCE = "opt_out_list"
SECONDS_A_PAGE_TAKES = 0.11
"""AWS hands out ten pages a second."""
SECONDS_TO_STOP_IN = 10.0


@dataclass(slots=True)
class OptOutReport:
    """How many numbers were on the list, and how many of ours were not known to be.

    `troubles` counts those whose marking broke on its way, which the next run or the sender makes
    good; `complete` is false where time ran out before the end of the list, where the next one
    goes on.
    """

    listed: int = 0
    found: int = 0
    troubles: int = 0
    complete: bool = True


@dataclass(frozen=True, slots=True)
class OptOutReader:
    """Reads the list. Numbers that no account uses are none of our business and not kept."""

    accounts: Accounts
    opt_outs: TextOptOuts
    clock: Clock
    sleep: Callable[[float], None] = time.sleep

    def read(self, seconds_left: Callable[[], float]) -> OptOutReport:
        """Mark every number of ours on the list; stops while there is time to.

        The next reading goes on where this one stopped, so that a list too long for one is read by
        several, and begins anew behind the end.
        """
        report, troubles = OptOutReport(), Troubles()
        # An owner who opts in while a page is on its way did so after it was asked for.
        asked_at = self.clock()
        for numbers, goes_on_at in self.opt_outs.pages(opt_out_place.place()):
            wanted = {keys.mobile(number): number for number in numbers}
            contacts: dict[keys.Key, ContactRecord] = table.read(wanted)
            report.listed += len(numbers)
            for key, contact in contacts.items():
                if contact.state not in WITHDRAWN:
                    mark = partial(self._mark, wanted[key], asked_at)
                    report.found += bool(troubles.trying("mark a number that opted out", mark))
            if goes_on_at is not None and seconds_left() < SECONDS_TO_STOP_IN:
                opt_out_place.keep_place(goes_on_at)
                report.complete = False
                break
            self.sleep(SECONDS_A_PAGE_TAKES)
            asked_at = self.clock()
        else:
            opt_out_place.keep_place(None)
        report.troubles = troubles.count
        return report

    def _mark(self, number: Contact, at: datetime) -> bool:
        self.accounts.tell_of_number(number, ContactFact.OPTED_OUT, source=SOURCE, at=at)
        return True
