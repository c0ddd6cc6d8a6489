"""What the next 60 days of alerts would look like, if only time passed.

Every answer comes from `decide`, asked at the opening of the send window of each day on which an
account may be due. What nobody can foresee (payments, new charges, opt-outs) does not happen here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from heapq import heappop, heappush

from balance_alerts.domain.account import Account
from balance_alerts.domain.calendar import local_date, zone
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.decide import ONE_DAY, decide, earliest_alert_on
from balance_alerts.domain.practice import Practice

PREVIEW_DAYS = 60

DAILY_LIMIT = "daily_limit"
"""Left out because on every day on which the account was due others had waited longer (Rule 9)."""
NOT_IN_PILOT = "not_in_pilot"
"""Left out because the practice tries its alerts out on other contacts."""


@dataclass(frozen=True, slots=True)
class Day:
    """The alerts of one local day, and the messages on each channel."""

    on: date
    alerts: int
    text: int
    email: int


@dataclass(frozen=True, slots=True)
class Foreseen:
    """60 days of alerts. `left_out` counts the accounts that get none of them, by reason."""

    days: Sequence[Day]
    accounts: int
    alerted: int
    left_out: dict[str, int]


@dataclass(slots=True)
class _Waiting:
    """An account with an alert to come, and the channels it would go out on."""

    account: Account
    channels: Sequence[Channel]
    alerted: bool = False


@dataclass(slots=True)
class Preview:
    """Counts alerts, account by account, under the settings of `practice`.

    `sent_today` is how many alerts of today's daily limit are used up.
    """

    practice: Practice
    now: datetime
    sent_today: int = 0
    _alerts: Counter[int] = field(default_factory=Counter)
    _messages: Counter[tuple[int, Channel]] = field(default_factory=Counter)
    _left_out: Counter[str] = field(default_factory=Counter)
    _accounts: int = 0
    _coming: defaultdict[int, list[_Waiting]] = field(default_factory=lambda: defaultdict(list))

    @property
    def first_day(self) -> date:
        """The practice's today."""
        return local_date(self.now, self.practice.time_zone)

    def add(self, account: Account, channels: Sequence[Channel] | None = None) -> None:
        """Count one account in.

        Args:
            account: as it stands now.
            channels: those of its channels that may be used at all; all of them by default.
        """
        self._accounts += 1
        usable = account.active_channels if channels is None else channels
        decision = decide(account, self.practice, self.now)
        number = self._number(decision.next_on)
        if number is None:
            self._left_out[decision.reason or DAILY_LIMIT] += 1
        elif not usable:
            self._left_out[NOT_IN_PILOT] += 1
        elif self.practice.alerts.daily_limit is None:
            self._count_all(_Waiting(account, usable), number)
        else:
            self._coming[number].append(_Waiting(account, usable))

    def result(self) -> Foreseen:
        """What was counted; with a daily limit the days are gone through now."""
        if self.practice.alerts.daily_limit is not None:
            self._go_through_days(self.practice.alerts.daily_limit)
        days = [
            Day(
                self.first_day + timedelta(days=number),
                self._alerts[number],
                self._messages[number, Channel.TEXT],
                self._messages[number, Channel.EMAIL],
            )
            for number in range(PREVIEW_DAYS)
        ]
        left_out = {reason: number for reason, number in self._left_out.items() if number}
        alerted = self._accounts - sum(left_out.values())
        return Foreseen(days, self._accounts, alerted, left_out)

    def _count_all(self, one: _Waiting, first: int) -> None:
        """Every alert of an account that no limit keeps waiting."""
        number: int | None = first
        while number is not None:
            self._count(one, number)
            number = self._due_from(one.account, number + 1)

    def _go_through_days(self, limit: int) -> None:
        """Day by day as many as the limit allows, those waiting longest first (Rule 9).

        Who waits is asked about only when it is their turn: they may wait for weeks.
        """
        queue: list[tuple[date, int, _Waiting]] = []
        entered = 0
        for number in range(PREVIEW_DAYS):
            for one in self._coming.pop(number, ()):
                entered += 1
                heappush(queue, (self._due_since(one.account), entered, one))
            left = limit - (self.sent_today if number == 0 else 0)
            while queue and left > 0:
                _, _, one = heappop(queue)
                due = self._due_from(one.account, number)
                if due == number:
                    self._count(one, number)
                    left -= 1
                    due = self._due_from(one.account, number + 1)
                if due is not None:
                    self._coming[due].append(one)
                elif not one.alerted:
                    self._left_out[DAILY_LIMIT] += 1
        self._left_out[DAILY_LIMIT] += sum(not one.alerted for _, _, one in queue)

    def _count(self, one: _Waiting, number: int) -> None:
        self._alerts[number] += 1
        self._messages.update((number, channel) for channel in one.channels)
        one.account = replace(one.account, last_alert_on=self.first_day + number * ONE_DAY)
        one.alerted = True

    def _due_from(self, account: Account, number: int) -> int | None:
        """The number of the first day, from this one on, on which an account is due."""
        day = self.first_day + number * ONE_DAY
        opens = self.practice.alerts.send_window.opens
        local = zone(account.time_zone or self.practice.time_zone)
        at = max(self.now, datetime.combine(day, opens, local))
        return self._number(decide(account, self.practice, at).next_on)

    def _due_since(self, account: Account) -> date:
        assert account.window is not None, "an account without a window is never due"
        return earliest_alert_on(account, self.practice, account.window)

    def _number(self, day: date | None) -> int | None:
        """The number of a day; one that has only just begun elsewhere counts as today."""
        if day is None:
            return None
        number = max(0, (day - self.first_day).days)
        return number if number < PREVIEW_DAYS else None
