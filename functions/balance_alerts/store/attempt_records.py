"""Attempts to pay as stored, and what leads to them."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from balance_alerts.domain.attempt import Attempt, AttemptState
from balance_alerts.store.attributes import InstantAttribute
from balance_alerts.store.table import Record


class AttemptRecord(Record, discriminator="attempt"):
    """An attempt of an account. Never removed.

    `returned_refs` are the references of the refunds and chargebacks of a payment.
    """

    practice_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    attempt_id = UnicodeAttribute()
    amount_cents = NumberAttribute()
    case_id = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    begun_at = InstantAttribute()
    news_at = InstantAttribute()
    trans_id = UnicodeAttribute(null=True)
    auth_code = UnicodeAttribute(null=True)
    card_type = UnicodeAttribute(null=True)
    last_four = UnicodeAttribute(null=True)
    reason_code = UnicodeAttribute(null=True)
    detail = UnicodeAttribute(null=True)
    looked_up_at = InstantAttribute(null=True)
    absent_since = InstantAttribute(null=True)
    batch_id = UnicodeAttribute(null=True)
    settled_at = InstantAttribute(null=True)
    api_login_id = UnicodeAttribute(null=True)
    returned_refs = UnicodeSetAttribute(null=True)

    def to_domain(self) -> Attempt:
        """As the rules see it."""
        return Attempt(
            practice_id=self.practice_id,
            patient_id=self.patient_id,
            attempt_id=self.attempt_id,
            amount_cents=int(self.amount_cents),
            case_id=self.case_id,
            state=AttemptState(self.state),
            begun_at=self.begun_at,
            news_at=self.news_at,
            trans_id=self.trans_id,
            auth_code=self.auth_code,
            card_type=self.card_type,
            last_four=self.last_four,
            reason_code=self.reason_code,
            detail=self.detail or "",
            looked_up_at=self.looked_up_at,
            absent_since=self.absent_since,
            batch_id=self.batch_id,
            settled_at=self.settled_at,
            api_login_id=self.api_login_id,
        )


class AttemptOwnerRecord(Record, discriminator="attempt_owner"):
    """Whose attempt it is. Never removed: news of a charge may come months later."""

    patient_id = UnicodeAttribute()


class OpenAttemptRecord(Record, discriminator="open_attempt"):
    """Stands in the list of open attempts as long as its attempt is open."""

    practice_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    attempt_id = UnicodeAttribute()


class PaymentKeyRecord(Record, discriminator="payment_key"):
    """A click's key, and the attempt it made; `digest` is of what was asked for with it."""

    attempt_id = UnicodeAttribute()
    digest = UnicodeAttribute()
    asked_at = InstantAttribute()
