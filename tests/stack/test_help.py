"""HELP: one text a number and day that says who writes, about what, whom to call, how to stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from balance_alerts.delivery.help_sender import HelpNotSent, HelpOutcome
from balance_alerts.domain.calendar import local_date
from balance_alerts.domain.contact import Channel, ContactFact
from balance_alerts.queues.alert_queue import HelpWanted, message_of
from balance_alerts.store import keys, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.channel_stops import note_stop
from balance_alerts.store.consents import ConsentRecord
from balance_alerts.store.practice_records import PracticeRecord
from infra.local.outbox import FaultMode, Message
from infra.local.stack import LocalStack
from tests import builders
from tests.stack.due import Clinic, clinics
from tests.stack.test_payments_at_once import at_once
from tests.stack.workers import Killed, broken_at, help_sender, killed_at, noted_calls

SENT, UNKNOWN, REFUSED = HelpOutcome.SENT, HelpOutcome.UNKNOWN, HelpOutcome.REFUSED
NOT_NOW, NUMBER_CHANGED = HelpOutcome.NOT_NOW, HelpOutcome.NUMBER_CHANGED
TEXTS_REST = HelpOutcome.TEXTS_REST
READ, CONTACT, CLAIM = ("BatchGetItem", 1), ("BatchGetItem", 2), ("UpdateItem", 1)


def ask(stack: LocalStack, number: str, text: str = "HELP") -> list[Message]:
    """Reply to a text; what has been sent to the number since the outbox was emptied."""
    stack.delivery.reply(number, text, stack.now())
    stack.wait_drained("AlertQueueUrl")
    return stack.outbox.messages(to=number)


def name(clinic: Clinic, short_name: str) -> None:
    """Let a practice be told from another in its texts."""
    PracticeRecord(*keys.practice(clinic.practice.practice_id)).update(
        [PracticeRecord.short_name.set(short_name)], add_version_condition=False
    )


def change(clinic: Clinic, patient_id: str, how: Callable[[AccountRecord], None]) -> None:
    clinic.stack.wiring.accounts.change(clinic.practice.practice_id, patient_id, how)


@pytest.fixture
def number(clinic: Clinic) -> str:
    """The mobile of a patient who was just alerted, by text."""
    number = clinic.patient("p-1")
    assert clinic.stack.scan().sent == 1
    clinic.stack.outbox.clear()
    return number


@pytest.mark.parametrize("word", ["HELP", "info?", "Ayuda, por favor"])
def test_it_says_who_writes_about_what_whom_to_call_and_how_to_stop(
    clinic: Clinic, number: str, word: str
) -> None:
    [text] = ask(clinic.stack, number, word)
    assert text.text == (
        "Harbor Point PT: We text you when you have a balance to view. Questions? "
        "Call 202-555-0100. Reply STOP to stop these texts."
    )
    assert text.link is None


def test_it_is_written_in_the_patient_s_language(clinic: Clinic, number: str) -> None:
    change(clinic, "p-1", lambda account: setattr(account, "language", "es"))
    [text] = ask(clinic.stack, number)
    assert "saldo pendiente" in text.text


def test_it_comes_once_a_day_so_that_machines_do_not_answer_each_other_for_ever(
    clinic: Clinic, number: str
) -> None:
    stack = clinic.stack
    stack.set_clock(builders.at(1, "22:00"))
    for _ in range(3):
        sent = ask(stack, number)
    assert len(sent) == 1
    stack.set_clock(stack.now() + timedelta(hours=3))
    assert len(ask(stack, number)) == 2


def test_the_practice_that_texted_last_answers(clinic: Clinic, number: str) -> None:
    """One number on file at several practices."""
    stack, (second, third) = clinic.stack, (next(clinics(clinic.stack)) for _ in range(2))
    for each, short_name in ((clinic, "Harbor"), (second, "Second"), (third, "Third")):
        name(each, short_name)
    third.patient("p-1", mobile=number, text=False, email=True)
    second.patient("p-1", mobile=number)
    stack.set_clock(builders.at(2))
    second.queue("p-1")
    stack.set_clock(builders.at(3))
    third.queue("p-1")
    assert [each.channel for each in stack.outbox.messages()] == ["text", "email"]
    stack.outbox.clear()
    [text] = ask(stack, number)
    assert text.text.startswith("Second: ")


def test_whom_nobody_texted_yet_any_practice_with_the_number_answers(clinic: Clinic) -> None:
    number = clinic.patient("p-1", owes=0, text=False)
    assert len(ask(clinic.stack, number)) == 1


def test_a_number_of_nobody_s_gets_no_answer(stack: LocalStack) -> None:
    assert ask(stack, "+13035550199") == []


def test_who_opted_out_gets_no_answer_and_who_came_back_does(clinic: Clinic, number: str) -> None:
    stack = clinic.stack
    ask(stack, number, "please stop")
    assert ask(stack, number) == []
    ask(stack, number, "start")
    assert len(ask(stack, number)) == 1


def test_it_changes_no_consent_and_no_rhythm(clinic: Clinic, number: str) -> None:
    pk, _ = keys.account(clinic.practice.practice_id, "p-1")
    before = clinic.account("p-1").serialize(), ConsentRecord.count(pk)
    ask(clinic.stack, number)
    assert (clinic.account("p-1").serialize(), ConsentRecord.count(pk)) == before


@dataclass
class Asked:
    """A patient who replied HELP, and the message that the sender gets of it."""

    clinic: Clinic
    wanted: HelpWanted
    number: str

    def answer(self) -> HelpOutcome:
        """As the sender does with its message."""
        return help_sender(self.clinic.stack).send(self.wanted)

    @property
    def texts(self) -> int:
        return len(self.clinic.stack.outbox.messages(to=self.number))


@pytest.fixture
def asked(clinic: Clinic) -> Iterator[Asked]:
    number = clinic.patient("p-1")
    wanted = HelpWanted(clinic.practice.practice_id, "p-1", clinic.stack.now())
    yield Asked(clinic, wanted, number)
    clinic.stack.outbox.clear_faults()


def test_the_message_names_no_number(asked: Asked) -> None:
    assert message_of(asked.wanted.to_body()) == asked.wanted
    assert asked.number.removeprefix("+1") not in asked.wanted.to_body()


@pytest.mark.parametrize("given", ["+13035550177", None])
def test_another_number_that_took_its_place_is_not_written_to(
    asked: Asked, given: str | None
) -> None:
    def replace(account: AccountRecord) -> None:
        account.put_contact(Channel.TEXT, given, given and "reachable")
        account.revoke_links(Channel.TEXT, asked.clinic.stack.now())

    change(asked.clinic, "p-1", replace)
    assert asked.answer() is NUMBER_CHANGED
    assert asked.clinic.stack.outbox.messages() == []


def test_while_texts_rest_the_day_is_not_used_up(asked: Asked) -> None:
    stack = asked.clinic.stack
    note_stop(Channel.TEXT, "no_quota", stack.now())
    assert (asked.answer(), asked.texts) == (TEXTS_REST, 0)
    stack.set_clock(stack.now() + timedelta(days=31))
    assert (asked.answer(), asked.texts) == (SENT, 1)


@pytest.mark.parametrize(
    ("fault", "outcome", "texts"),
    [
        (FaultMode.SERVER_ERROR_BEFORE, UNKNOWN, 0),
        (FaultMode.SERVER_ERROR_AFTER, UNKNOWN, 1),
        (FaultMode.REJECTED, REFUSED, 0),
    ],
)
def test_what_nobody_knows_is_never_repeated(
    asked: Asked, fault: FaultMode, outcome: HelpOutcome, texts: int
) -> None:
    outbox = asked.clinic.stack.outbox
    outbox.set_fault("text", fault)
    assert asked.answer() is outcome
    outbox.clear_faults()
    assert (asked.answer(), asked.texts) == (NOT_NOW, texts)
    state = "invalid" if outcome is REFUSED else "reachable"
    assert asked.clinic.account("p-1").mobile_state == state


def test_what_certainly_was_not_sent_is_tried_again(asked: Asked) -> None:
    outbox = asked.clinic.stack.outbox
    outbox.set_fault("text", FaultMode.THROTTLED)
    with pytest.raises(HelpNotSent):
        asked.answer()
    outbox.clear_faults()
    assert (asked.answer(), asked.texts) == (SENT, 1)


def test_while_no_text_goes_out_it_is_let_go_and_the_day_stays_free(asked: Asked) -> None:
    """A condition of the whole AWS account must not fill the dead letters."""
    outbox = asked.clinic.stack.outbox
    outbox.set_fault("text", FaultMode.STOPPED)
    assert asked.answer() is TEXTS_REST
    outbox.clear_faults()
    assert (asked.answer(), asked.texts) == (SENT, 1)


def test_through_the_queue_too(clinic: Clinic, number: str) -> None:
    stack = clinic.stack
    stack.outbox.set_fault("text", FaultMode.THROTTLED, times=1)
    stack.set_visibility("AlertQueueUrl", 1)
    try:
        assert len(ask(stack, number)) == 1
    finally:
        stack.set_visibility("AlertQueueUrl", 8)


def test_these_are_the_steps(asked: Asked) -> None:
    with noted_calls() as calls:
        asked.answer()
        made = list(calls)
    assert made == [READ, CONTACT, CLAIM]


@pytest.mark.parametrize(
    ("step", "after", "texts"),
    [
        pytest.param(READ, False, 1, id="before reading"),
        pytest.param(CONTACT, True, 1, id="after reading"),
        pytest.param(CLAIM, False, 1, id="before the claim"),
        pytest.param(CLAIM, True, 0, id="after the claim"),
    ],
)
def test_killed_at_any_step_it_is_sent_once_or_not_at_all(
    asked: Asked, step: tuple[str, int], after: bool, texts: int
) -> None:
    operation, call = step
    with killed_at(operation, call=call, after=after), pytest.raises(Killed):
        asked.answer()
    for _ in range(2):
        asked.answer()
    assert asked.texts == texts


@pytest.mark.parametrize("handed_over", [False, True])
def test_killed_at_the_provider_it_is_never_sent_twice(asked: Asked, handed_over: bool) -> None:
    worker = help_sender(asked.clinic.stack)
    real = worker.courier.deliver

    def deadly(messages, *, until):  # type: ignore[no-untyped-def]  # as Courier.deliver
        real(messages if handed_over else [], until=until)
        raise Killed

    worker.courier.deliver = deadly  # type: ignore[method-assign]  # the kill itself
    with pytest.raises(Killed):
        worker.send(asked.wanted)
    assert (asked.answer(), asked.texts) == (NOT_NOW, int(handed_over))


def test_killed_as_it_gives_the_day_back_it_is_not_sent(asked: Asked) -> None:
    asked.clinic.stack.outbox.set_fault("text", FaultMode.STOPPED, times=1)
    with killed_at("UpdateItem", call=2, after=False), pytest.raises(Killed):
        asked.answer()
    assert (asked.answer(), asked.texts) == (NOT_NOW, 0)


def test_a_stop_that_comes_before_the_claim_wins(asked: Asked) -> None:
    """The contact is another than the one read: it is read again."""
    stack, stopped = asked.clinic.stack, False

    def stop(**_: object) -> None:
        nonlocal stopped
        if not stopped:
            stopped = True
            stack.wiring.accounts.tell_of_number(
                asked.number, ContactFact.OPTED_OUT, source="text_reply", at=stack.now()
            )

    events = table.client().meta.events
    events.register("before-call.dynamodb.UpdateItem", stop)
    try:
        assert asked.answer() is NOT_NOW
    finally:
        events.unregister("before-call.dynamodb.UpdateItem", stop)
    assert (stopped, asked.texts) == (True, 0)


def test_a_claim_that_the_sdk_repeats_is_recognised(asked: Asked) -> None:
    """Its first answer was lost: to the second call the contact has moved on."""
    stack = asked.clinic.stack
    contact = table.read([keys.mobile(asked.number)])[keys.mobile(asked.number)]
    today = local_date(stack.now(), asked.clinic.practice.time_zone)
    assert contact.help_answered_on is None
    refused = {"Error": {"Code": "ConditionalCheckFailedException"}}
    with broken_at("UpdateItem", calls=[1], after=True, error=ClientError(refused, "UpdateItem")):
        assert asked.answer() is SENT
    assert asked.texts == 1
    contact = table.read([keys.mobile(asked.number)])[keys.mobile(asked.number)]
    assert contact.help_answered_on == today


def test_workers_at_once_send_one(asked: Asked) -> None:
    outcomes = at_once(*[asked.answer] * 6)
    assert sorted(map(str, outcomes)) == [NOT_NOW] * 5 + [SENT]
    assert asked.texts == 1
