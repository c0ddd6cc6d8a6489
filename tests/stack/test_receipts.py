"""The receipt of a card payment: emailed once, whoever is killed, throttled or told twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from balance_alerts.domain.attempt import AttemptState
from balance_alerts.domain.contact import Channel, ContactFact, ContactState
from balance_alerts.payments.receipt_sender import ReceiptOutcome
from balance_alerts.payments.receipts import OwedReceipts, Receipts
from balance_alerts.payments.settle import Settled
from balance_alerts.queues.alert_queue import AlertQueue, ReceiptWanted
from balance_alerts.store import keys, owed_receipts
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.owed_receipts import OwedReceiptRecord
from balance_alerts.store.practice_records import PracticeRecord
from balance_alerts.store.registration import Registration
from infra.local.outbox import FaultMode, Message
from tests import builders
from tests.stack.paying import Till
from tests.stack.test_payments_at_once import at_once
from tests.stack.workers import Killed, broken_at, killed_at, noted_calls, receipt_sender

SENT, NOT_SENT, NOT_OWED = ReceiptOutcome.SENT, ReceiptOutcome.NOT_SENT, ReceiptOutcome.NOT_OWED
REFUSED, UNKNOWN = ReceiptOutcome.REFUSED, ReceiptOutcome.UNKNOWN
READ, BESIDE, CLAIM, SETTLE = (
    ("BatchGetItem", 1),
    ("BatchGetItem", 2),
    ("UpdateItem", 1),
    ("DeleteItem", 1),
)


@dataclass
class Paid:
    """A patient who just paid, and the receipt of it."""

    till: Till
    wanted: ReceiptWanted

    def send(self) -> ReceiptOutcome:
        """As the sender does with its message."""
        return receipt_sender(self.till.clinic.stack).send(self.wanted)

    def emails(self) -> list[Message]:
        address = self.till.clinic.account("p-1").email
        return self.till.clinic.stack.outbox.messages(to=address, channel="email")

    def owed(self) -> list[OwedReceiptRecord]:
        return list(owed_receipts.all_owed())

    def run(self, after: timedelta = timedelta(minutes=15)) -> OwedReceipts:
        """What a run some time later makes of what is owed; what it queues is dealt with."""
        stack = self.till.clinic.stack
        stack.clock.set(stack.now() + after)
        found = receipts(self.till).queue_owed(stack.now())
        stack.wait_drained("AlertQueueUrl")
        return found


def receipts(till: Till) -> Receipts:
    stack = till.clinic.stack
    return Receipts(AlertQueue(stack.client("sqs"), stack.outputs["AlertQueueUrl"]))


@pytest.fixture
def paid(till: Till) -> Paid:
    """20 dollars of 50, by a card; nobody asked for the receipt yet."""
    till.clinic.patient("p-1")
    attempt = till.pay("p-1", till.asked(2_000)).attempt
    till.clinic.stack.outbox.clear()
    return Paid(till, ReceiptWanted(attempt.practice_id, "p-1", attempt.attempt_id))


def test_a_payment_brings_its_receipt_by_email(till: Till) -> None:
    clinic = till.clinic
    clinic.patient("p-1")
    till.want_receipt = receipts(till).want
    payment = till.pay("p-1", till.asked(2_000))
    clinic.stack.wait_drained("AlertQueueUrl")
    [email] = clinic.stack.outbox.messages()
    assert (email.channel, email.to) == ("email", clinic.account("p-1").email)
    assert email.subject == "Harbor Point Physical Therapy: your payment receipt"
    for said in ("$20.00", "March 3, 2026", "Visa ending in 1111", payment.attempt.attempt_id):
        assert said in email.text
    assert not {"knee", "Maya", "Okafor"} & set(email.text.replace(".", " ").split())
    assert "List-Unsubscribe" not in email.headers
    assert list(owed_receipts.all_owed()) == []


def test_it_is_written_to_who_reads_it(paid: Paid) -> None:
    """In the patient's language; whose it is, where an address serves several."""
    clinic, practice_id = paid.till.clinic, paid.till.clinic.practice.practice_id
    address = str(clinic.account("p-1").email)

    def tell(account: AccountRecord) -> None:
        account.language, account.time_zone = "es", "Pacific/Auckland"

    clinic.stack.wiring.accounts.change(practice_id, "p-1", tell)
    sister = builders.patient("p-2", first_name="Zora", mobile=None, text=False, email=address)
    Registration(clinic.stack.wiring.practices).register(
        clinic.practice, sister, recorded_by="test", now=builders.at(0)
    )
    PracticeRecord(*keys.practice(practice_id)).update(
        [PracticeRecord.reply_to.set("desk@clinic.example")], add_version_condition=False
    )
    assert paid.send() is SENT
    [email] = paid.emails()
    assert email.subject == "Harbor Point Physical Therapy: recibo de su pago"
    assert "la cuenta de M. en Harbor Point" in email.text
    assert "3 de marzo de 2026" in email.text, "the day it is at the practice, as on the page"
    assert email.headers["Reply-To"] == "desk@clinic.example"


@pytest.mark.parametrize("mode", ["decline", "hold", "garbled"])
def test_what_is_no_payment_yet_has_no_receipt(till: Till, mode: str) -> None:
    till.clinic.patient("p-1")
    wishes: list[Settled] = []
    till.want_receipt = wishes.append
    till.gateway.set_mode(mode)
    till.pay("p-1")
    assert list(owed_receipts.all_owed()) == []
    assert not any(settled.owes_receipt for settled in wishes)


def test_a_payment_found_later_owes_its_receipt(till: Till) -> None:
    till.clinic.patient("p-1")
    till.gateway.set_mode("garbled")
    attempt = till.pay("p-1").attempt
    settled = till.settle(attempt, till.look_up(attempt))
    assert settled.owes_receipt
    assert [owed.attempt_id for owed in owed_receipts.all_owed()] == [attempt.attempt_id]


def test_without_an_email_on_file_none_is_owed(till: Till) -> None:
    till.clinic.patient("p-1")
    till.clinic.stack.wiring.accounts.change(
        till.clinic.practice.practice_id,
        "p-1",
        lambda account: account.put_contact(Channel.EMAIL, None, None),
    )
    wishes: list[Settled] = []
    till.want_receipt = wishes.append
    assert till.pay("p-1").state is AttemptState.APPROVED
    assert [settled.owes_receipt for settled in wishes] == [False]
    assert list(owed_receipts.all_owed()) == []


def test_a_queue_that_is_gone_changes_nothing_for_who_pays(till: Till) -> None:
    till.clinic.patient("p-1")

    class Gone:
        def send_message(self, **_: object) -> None:
            raise EndpointConnectionError(endpoint_url="https://sqs")

    till.want_receipt = Receipts(AlertQueue(Gone(), "queue")).want  # type: ignore[arg-type]  # gone
    payment = till.pay("p-1")
    assert payment.state is AttemptState.APPROVED
    paid = Paid(till, ReceiptWanted("", "p-1", payment.attempt.attempt_id))
    assert paid.run(timedelta(minutes=4)) == OwedReceipts()
    assert paid.run(timedelta(minutes=1)) == OwedReceipts(queued=1)
    assert len(paid.emails()) == 1
    assert paid.owed() == []


@pytest.mark.parametrize(
    ("state", "emails"),
    [
        (ContactState.OPTED_OUT, 1),
        (ContactState.BOUNCED, 0),
        (ContactState.COMPLAINED, 0),
        (ContactState.INVALID, 0),
    ],
)
def test_a_receipt_is_no_alert_but_goes_to_no_bad_address(
    paid: Paid, state: ContactState, emails: int
) -> None:
    clinic = paid.till.clinic
    address = str(clinic.account("p-1").email)
    clinic.stack.wiring.accounts.tell_of_contact(
        clinic.practice.practice_id,
        Channel.EMAIL,
        address,
        ContactFact(state),
        source="test",
        at=clinic.stack.now(),
    )
    assert paid.send() is (SENT if emails else ReceiptOutcome.NO_ADDRESS)
    assert (len(paid.emails()), paid.owed()) == (emails, [])


@pytest.mark.parametrize(
    ("fault", "outcome", "emails", "owed"),
    [
        (FaultMode.THROTTLED, NOT_SENT, 0, True),
        (FaultMode.STOPPED, NOT_SENT, 0, True),
        (FaultMode.SERVER_ERROR_BEFORE, UNKNOWN, 0, False),
        (FaultMode.SERVER_ERROR_AFTER, UNKNOWN, 1, False),
        (FaultMode.REJECTED, REFUSED, 0, False),
    ],
)
def test_only_what_certainly_was_not_sent_is_sent_again(
    paid: Paid, *, fault: FaultMode, outcome: ReceiptOutcome, emails: int, owed: bool
) -> None:
    outbox = paid.till.clinic.stack.outbox
    outbox.set_fault("email", fault)
    assert paid.send() is outcome
    outbox.clear_faults()
    assert len(paid.owed()) == int(owed)
    assert paid.send() is (SENT if owed else NOT_OWED)
    assert (len(paid.emails()), paid.owed()) == (1 if owed else emails, [])
    refused = outcome is REFUSED
    assert paid.till.clinic.account("p-1").email_state == ("invalid" if refused else "reachable")


def test_these_are_the_steps(paid: Paid) -> None:
    with noted_calls() as calls:
        paid.send()
        made = list(calls)
    assert made == [READ, BESIDE, CLAIM, SETTLE]


@pytest.mark.parametrize(
    ("step", "after", "emails", "left_claimed"),
    [
        pytest.param(READ, False, 1, False, id="before reading"),
        pytest.param(BESIDE, True, 1, False, id="after reading"),
        pytest.param(CLAIM, False, 1, False, id="before the claim"),
        pytest.param(CLAIM, True, 0, True, id="after the claim"),
        pytest.param(SETTLE, False, 1, True, id="before it is settled"),
        pytest.param(SETTLE, True, 1, False, id="after it is settled"),
    ],
)
def test_killed_at_any_step_it_is_sent_once_or_shows_that_nobody_knows(
    paid: Paid, *, step: tuple[str, int], after: bool, emails: int, left_claimed: bool
) -> None:
    operation, call = step
    with killed_at(operation, call=call, after=after), pytest.raises(Killed):
        paid.send()
    for _ in range(2):
        paid.send()
    assert len(paid.emails()) == emails
    assert [owed.claimed_at is not None for owed in paid.owed()] == [True] * left_claimed
    assert paid.run(timedelta(minutes=14)) == OwedReceipts(), "its worker may still be at it"
    assert paid.run(timedelta(minutes=1)) == OwedReceipts(unknown=int(left_claimed))
    assert (len(paid.emails()), paid.owed()) == (emails, [])


@pytest.mark.parametrize("handed_over", [False, True])
def test_killed_at_the_provider_it_is_never_sent_twice(paid: Paid, handed_over: bool) -> None:
    worker = receipt_sender(paid.till.clinic.stack)
    real = worker.courier.deliver

    def deadly(messages, *, until):  # type: ignore[no-untyped-def]  # as Courier.deliver
        real(messages if handed_over else [], until=until)
        raise Killed

    worker.courier.deliver = deadly  # type: ignore[method-assign]  # the kill itself
    with pytest.raises(Killed):
        worker.send(paid.wanted)
    assert paid.send() is NOT_OWED
    assert paid.run() == OwedReceipts(unknown=1)
    assert (len(paid.emails()), paid.owed()) == (int(handed_over), [])


def test_killed_as_it_gives_the_claim_back_it_is_not_sent_again(paid: Paid) -> None:
    paid.till.clinic.stack.outbox.set_fault("email", FaultMode.STOPPED, times=1)
    with killed_at("UpdateItem", call=2, after=False), pytest.raises(Killed):
        paid.send()
    assert (paid.send(), paid.emails()) == (NOT_OWED, [])
    assert paid.run() == OwedReceipts(unknown=1)


def test_a_claim_whose_answer_was_lost_is_recognised(paid: Paid) -> None:
    lost = ReadTimeoutError(endpoint_url="https://dynamodb")
    with broken_at("UpdateItem", calls=[1], after=True, error=lost):
        assert paid.send() is SENT
    assert (len(paid.emails()), paid.owed()) == (1, [])


def test_workers_at_once_send_one(paid: Paid) -> None:
    send: Callable[[], object] = paid.send
    outcomes = at_once(*[send] * 6)
    assert sorted(map(str, outcomes)) == [NOT_OWED] * 5 + [SENT]
    assert (len(paid.emails()), paid.owed()) == (1, [])
