"""The patient's own switches: text and email alerts of one account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from balance_alerts.domain.audit import THE_PATIENT
from balance_alerts.domain.contact import Channel, ContactFact, ContactState, mask_contact
from balance_alerts.store import keys, races, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.audit import AuditRecord, audit_record
from balance_alerts.store.consents import BY_THE_PATIENT, ConsentRecord

_SOURCE = "portal"


class Switches:
    """Turns channels of an account on and off at the patient's own wish."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def turn(
        self,
        practice_id: str,
        patient_id: str,
        wanted: Mapping[Channel, bool],
        *,
        now: datetime,
    ) -> AccountRecord:
        """Turn channels on or off, with consent, withdrawal and the note of it: all or nothing.

        What is as wanted already stays as it is. Returns the account as it then is.

        Raises:
            RuleError: `unknown_patient`.
        """

        def write() -> AccountRecord:
            account = self._accounts.get(practice_id, patient_id)
            before = _switches(account)
            consents = [
                _turn(account, channel, on, now)
                for channel, on in wanted.items()
                if on != bool(account.subscribed(channel))
            ]
            if consents:
                with table.transaction() as transaction:
                    for consent in consents:
                        transaction.save(consent)
                    transaction.save(
                        _note(account, "subscription_changed", before, _switches(account), now)
                    )
                    transaction.update(account, account.changes())
            return account

        return races.retrying(write)

    def opt_in_again(
        self, practice_id: str, patient_id: str, channel: Channel, *, contact: str, now: datetime
    ) -> None:
        """Take back the opt-out of a contact, as its owner wishes; of this account, its patient."""
        consent = _consent(practice_id, patient_id, channel, contact, now)
        account = self._accounts.get(practice_id, patient_id)
        was = account.to_domain().subscription(channel).contact
        note = _note(
            account,
            "contact_opted_in",
            {"contact": None, "state": was and was.value},
            {"contact": mask_contact(contact), "state": ContactState.REACHABLE.value},
            now,
        )
        self._accounts.tell_of_contact(
            practice_id,
            channel,
            contact,
            ContactFact.OPTED_IN,
            source=_SOURCE,
            at=now,
            with_it=[note],
            consents={keys.account(practice_id, patient_id): consent},
        )


def _note(
    account: AccountRecord,
    action: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
    now: datetime,
) -> AuditRecord:
    return audit_record(
        account.practice_id,
        THE_PATIENT,
        now,
        action=action,
        subject=f"patient {account.patient_id}",
        before=before,
        after=after,
    )


def _switches(account: AccountRecord) -> dict[str, object]:
    return {channel.value: account.subscribed(channel) for channel in Channel}


def _turn(account: AccountRecord, channel: Channel, on: bool, now: datetime) -> ConsentRecord:
    if on:
        account.take_consent(channel, now)
    else:
        account.withdraw(channel, now)
    consent = _consent(
        account.practice_id, account.patient_id, channel, account.contact(channel), now
    )
    consent.withdrawn = None if on else True
    return consent


def _consent(
    practice_id: str, patient_id: str, channel: Channel, contact: str | None, now: datetime
) -> ConsentRecord:
    return ConsentRecord(
        *keys.consent(practice_id, patient_id, channel, now),
        channel=channel.value,
        contact=contact,
        source=_SOURCE,
        given_at=now,
        recorded_by=BY_THE_PATIENT,
    )
