"""An account as stored, and how the rules see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    VersionAttribute,
)

from balance_alerts.domain.account import (
    Account,
    HoldReason,
    Subscription,
    belongs_in_due_index,
)
from balance_alerts.domain.contact import Channel, ContactState
from balance_alerts.domain.ledger import Window
from balance_alerts.store.attributes import (
    ContactAttribute,
    DateAttribute,
    InstantAttribute,
    MemberIdsAttribute,
    NameAttribute,
)
from balance_alerts.store.table import Record

NEVER_ALERTED = date(1, 1, 1)
"""Stands for "no alert yet": the due index needs a value to sort by, and this sorts first."""


class AccountRecord(Record, discriminator="account"):
    """An account: the patient, contacts, subscription, balance, window, holds, last alert.

    The state of a contact is copied here from the contact itself; `due_practice` is set where
    the account belongs in the due index. `registered_by` says which line of an import changed the
    account last, and whether it added it; `hold_notes` who set a hold, and why.
    """

    practice_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    first_name = NameAttribute()
    last_name = NameAttribute()
    date_of_birth = DateAttribute()
    language = UnicodeAttribute(default="en")
    time_zone = UnicodeAttribute(null=True)
    member_ids = MemberIdsAttribute(null=True)
    other_coverage = BooleanAttribute(null=True)
    registered_by = UnicodeAttribute(null=True)
    mobile = ContactAttribute(null=True)
    mobile_state = UnicodeAttribute(null=True)
    email = ContactAttribute(null=True)
    email_state = UnicodeAttribute(null=True)
    text_subscribed = BooleanAttribute(null=True)
    email_subscribed = BooleanAttribute(null=True)
    text_consent_at = InstantAttribute(null=True)
    email_consent_at = InstantAttribute(null=True)
    text_withdrawn_at = InstantAttribute(null=True)
    email_withdrawn_at = InstantAttribute(null=True)
    text_links_revoked_at = InstantAttribute(null=True)
    email_links_revoked_at = InstantAttribute(null=True)
    balance_cents = NumberAttribute(default=0)
    window_opened_at = InstantAttribute(null=True)
    newest_responsibility_at = InstantAttribute(null=True)
    newest_online_payment_at = InstantAttribute(null=True)
    window_seen_closed = BooleanAttribute(null=True)
    holds = JSONAttribute(null=True)
    hold_notes = JSONAttribute(null=True)
    question_held_since = DateAttribute(null=True)
    open_attempt = UnicodeAttribute(null=True)
    sent_now_on = DateAttribute(null=True)
    last_alert_on = DateAttribute(default=lambda: NEVER_ALERTED)
    claim_id = UnicodeAttribute(null=True)
    claimed_at = InstantAttribute(null=True)
    claim_channels = UnicodeSetAttribute(null=True)
    due_practice = UnicodeAttribute(null=True)
    version = VersionAttribute()

    def contact(self, channel: Channel) -> str | None:
        """The contact on file for one channel."""
        return self.mobile if channel is Channel.TEXT else self.email

    def contact_state(self, channel: Channel) -> str | None:
        """The account's copy of what is known of the contact on file."""
        return self.mobile_state if channel is Channel.TEXT else self.email_state

    def put_contact(self, channel: Channel, contact: str | None, state: str | None) -> None:
        """Set the contact on file for one channel, and what is known of it."""
        if channel is Channel.TEXT:
            self.mobile, self.mobile_state = contact, state
        else:
            self.email, self.email_state = contact, state

    def subscribed(self, channel: Channel) -> bool | None:
        """Whether one channel is switched on; None where nobody ever set it."""
        return self.text_subscribed if channel is Channel.TEXT else self.email_subscribed

    def subscribe(self, channel: Channel, subscribed: bool) -> None:
        """Switch one channel on or off."""
        if channel is Channel.TEXT:
            self.text_subscribed = subscribed
        else:
            self.email_subscribed = subscribed

    def consent_at(self, channel: Channel) -> datetime | None:
        """When the latest consent to one channel was given."""
        return self.text_consent_at if channel is Channel.TEXT else self.email_consent_at

    def take_consent(self, channel: Channel, given_at: datetime) -> None:
        """Switch one channel on by a consent."""
        self.subscribe(channel, True)
        if channel is Channel.TEXT:
            self.text_consent_at, self.text_withdrawn_at = given_at, None
        else:
            self.email_consent_at, self.email_withdrawn_at = given_at, None

    def withdraw(self, channel: Channel, at: datetime) -> None:
        """Switch one channel off by the patient's own wish, which only the patient takes back."""
        self.subscribe(channel, False)
        if channel is Channel.TEXT:
            self.text_withdrawn_at = at
        else:
            self.email_withdrawn_at = at

    def withdrawn_at(self, channel: Channel) -> datetime | None:
        """When the patient switched one channel off, if it is off by that."""
        return self.text_withdrawn_at if channel is Channel.TEXT else self.email_withdrawn_at

    def revoke_links(self, channel: Channel, at: datetime) -> None:
        """End every link sent on one channel so far."""
        if channel is Channel.TEXT:
            self.text_links_revoked_at = at
        else:
            self.email_links_revoked_at = at

    def links_revoked_at(self, channel: Channel) -> datetime | None:
        """Links sent on one channel up to this instant no longer work."""
        if channel is Channel.TEXT:
            return self.text_links_revoked_at
        return self.email_links_revoked_at

    @property
    def window(self) -> Window | None:
        """The window that responsibility opened, whether or not it is still open."""
        if self.window_opened_at is None or self.newest_responsibility_at is None:
            return None
        return Window(self.window_opened_at, self.newest_responsibility_at)

    @window.setter
    def window(self, window: Window | None) -> None:
        self.window_opened_at = window.opened_at if window else None
        self.newest_responsibility_at = window.newest_at if window else None

    def hold(self, reason: HoldReason, until: date | None) -> None:
        """Pause alerts through the local day `until`, or without end."""
        self.holds = {**(self.holds or {}), reason.value: until and until.isoformat()}

    def note_hold(self, reason: HoldReason, note: dict[str, str | None]) -> None:
        """Remember who set a hold, when, and what they noted."""
        self.hold_notes = {**(self.hold_notes or {}), reason.value: note}

    def release(self, reason: HoldReason) -> None:
        """End a hold."""
        self.holds = _without(self.holds, reason)
        self.hold_notes = _without(self.hold_notes, reason)

    def to_domain(self) -> Account:
        """As `decide` sees it."""
        last_alert_on = self.last_alert_on
        return Account(
            practice_id=self.practice_id,
            patient_id=self.patient_id,
            time_zone=self.time_zone,
            text=_subscription(self.text_subscribed, self.mobile_state),
            email=_subscription(self.email_subscribed, self.email_state),
            balance_cents=int(self.balance_cents),
            window=self.window,
            holds=_holds(self.holds or {}),
            payment_open=self.open_attempt is not None,
            last_alert_on=None if last_alert_on == NEVER_ALERTED else last_alert_on,
            sent_now_on=self.sent_now_on,
            version=int(self.version or 0),
        )

    def refresh_due_index(self) -> None:
        """Put the account in the due index, or take it out, as it now stands."""
        belongs = belongs_in_due_index(
            self.to_domain(), window_seen_closed=bool(self.window_seen_closed)
        )
        self.due_practice = self.practice_id if belongs else None

    def changes(self) -> list[Any]:
        """What differs from when it was read, its place in the due index included."""
        self.refresh_due_index()
        return super().changes()


def _without(stored: Mapping[str, Any] | None, name: str) -> dict[str, Any] | None:
    return {each: value for each, value in (stored or {}).items() if each != name} or None


def _subscription(subscribed: bool | None, state: str | None) -> Subscription:
    return Subscription(subscribed, None if state is None else ContactState(state))


def _holds(stored: Mapping[str, str | None]) -> dict[HoldReason, date | None]:
    return {
        HoldReason(reason): None if until is None else date.fromisoformat(until)
        for reason, until in stored.items()
    }
