"""Staff switch a patient's alerts on and off, with the consent that takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from balance_alerts.domain.audit import Who
from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.contact import BY_STAFF, WITHDRAWN, Channel, ContactState
from balance_alerts.domain.errors import RuleError
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.audit import audit_record
from balance_alerts.store.consents import ConsentRecord, latest_consents, staff_consent
from balance_alerts.store.table import Record


@dataclass(frozen=True, slots=True)
class SubscriptionDesk:
    """Switches channels of one account."""

    accounts: Accounts
    clock: Clock

    def switch(
        self, practice_id: str, patient_id: str, wanted: Mapping[Channel, bool], *, by: Who
    ) -> AccountRecord:
        """Switch channels on or off, all or none; consent and withdrawal are written with it.

        A channel that nobody ever set goes on by the consent that came with its contact, if any
        did; that one stays as it is, with its own date. Staff take back neither the opt-out of a
        contact nor what the patient switched off.

        Raises:
            RuleError: `unknown_patient`, `no_contact`, `contact_opted_out`,
                `contact_unreachable`.
        """
        now = self.clock()

        def switch(account: AccountRecord) -> list[Record]:
            before = _switches(account)
            for channel, on in wanted.items():
                if on:
                    check_may_subscribe(account, channel)
            given = latest_consents(practice_id, patient_id) if _is_first(account, wanted) else {}
            consents: list[Record] = [
                consent
                for channel, on in wanted.items()
                if (consent := _switch(account, channel, on, now, by, given.get(channel)))
                is not None
            ]
            note = audit_record(
                practice_id,
                by,
                now,
                action="subscription_changed",
                subject=f"patient {patient_id}",
                before=before,
                after=_switches(account),
            )
            return [*consents, note]

        return self.accounts.change(practice_id, patient_id, switch)


def check_may_subscribe(account: AccountRecord, channel: Channel) -> None:
    """Refuse alerts on a channel that staff cannot switch on.

    Raises:
        RuleError: `no_contact`, `contact_opted_out`, `contact_unreachable`.
    """
    state = account.to_domain().subscription(channel).contact
    if state is None:
        raise RuleError("no_contact", f"There is no contact on file for {channel} alerts; add one.")
    if state in WITHDRAWN:
        raise RuleError(
            "contact_opted_out",
            f"The contact for {channel} alerts opted out; only its owner can opt in again, in the "
            "portal or by texting START.",
        )
    if account.withdrawn_at(channel) is not None:
        raise RuleError(
            "contact_opted_out",
            f"The patient switched {channel} alerts off; only they can switch them on again, in "
            "the portal.",
        )
    if state is not ContactState.REACHABLE and not account.subscribed(channel):
        raise RuleError(
            "contact_unreachable",
            f"Messages to the contact for {channel} alerts do not arrive; confirm or change it.",
        )


def _is_first(account: AccountRecord, wanted: Mapping[Channel, bool]) -> bool:
    """Whether a channel is to go on that nobody ever set."""
    return any(on and account.subscribed(channel) is None for channel, on in wanted.items())


def _switch(
    account: AccountRecord,
    channel: Channel,
    on: bool,
    now: datetime,
    by: Who,
    given: ConsentRecord | None,
) -> Record | None:
    """Switch one channel; what was thereby agreed to or withdrawn, if anything was.

    `given` is the consent on record.
    """
    was = account.subscribed(channel)
    if was == on:
        return None
    if on and was is None and given is not None and _stands(given, account.contact(channel)):
        account.take_consent(channel, given.given_at)
        return None
    if on:
        account.take_consent(channel, now)
    else:
        account.subscribe(channel, False)
        if was is None:
            return None
    return staff_consent(
        (account.pk, account.sk),
        channel,
        account.contact(channel),
        source=BY_STAFF,
        at=now,
        by=by,
        withdrawn=not on,
    )


def _stands(given: ConsentRecord, contact: str | None) -> bool:
    return not given.withdrawn and given.contact == contact


def _switches(account: AccountRecord) -> dict[str, object]:
    return {channel.value: account.subscribed(channel) for channel in Channel}
