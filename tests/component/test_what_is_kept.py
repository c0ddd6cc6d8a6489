"""What is not kept for good: each kind has its end in the table, and after it is not found."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

import pytest
from pynamodb.models import Model

from balance_alerts import store
from balance_alerts.access.links import LINK_LIFE, digest, new_link, new_token
from balance_alerts.access.sessions import SESSION_LIFE, NoSession, Sessions
from balance_alerts.alerts.history import alert_history
from balance_alerts.domain.audit import Who
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.delivery import ChannelStatus
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import Practice
from balance_alerts.domain.question import QuestionReason
from balance_alerts.domain.sign_in import Tries
from balance_alerts.office.import_desk import ImportDesk
from balance_alerts.store import fresh_links, keys, parked, refused_lines, sent_now, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.alerts import Alert, Alerts, ChannelResult
from balance_alerts.store.imports import ImportKind, Imports
from balance_alerts.store.jobs import JobKind, Jobs
from balance_alerts.store.links import KEPT_AFTER_ITS_END, Links
from balance_alerts.store.parked import ParkedItems, ParkedKind, ParkedState
from balance_alerts.store.questions import (
    Question,
    Questions,
    QuestionState,
    newest_questions,
    questions_in,
)
from balance_alerts.store.refused_lines import RefusedLine
from balance_alerts.store.registration import Registration
from balance_alerts.store.sign_in_tries import SignInTries, locked_links
from balance_alerts.store.table import Record
from tests import builders
from tests.builders import at
from tests.component.conftest import StoppedClock

DAYS = timedelta(days=90)
STAFF = Who("staff-1", "Ines Vega")
DIGEST = "a" * 64

FOR_GOOD = {
    *("account", "case", "entry", "entry_id", "case_owner", "member_owner", "patient_name"),
    *("attempt", "attempt_owner", "posted_transaction", "orphan_charge", "claim_levels"),
    *("practice", "practice_code", "audit", "consent"),
}
UNTIL_TAKEN_AWAY = {
    *("contact", "team_member", "connected_practice", "gateway_sweep", "unreachable_contact"),
    *("open_attempt", "owed_receipt", "unsettled", "brake", "channel_stop"),
    "opt_out_place",
}
FOR_A_WHILE = {
    *("alert", "question", "listed_question", "question_owner", "link", "issued_link"),
    *("fresh_link", "session", "tries", "locked_link", "import", "refused_line", "parked"),
    *("job", "payment_key", "sent_now", "alerts_sent", "delivery_report"),
}


@pytest.fixture
def account(practice: Practice, registration: Registration, accounts: Accounts) -> AccountRecord:
    registration.register(practice, builders.patient(), recorded_by="test", now=at(0))
    return accounts.get("harbor", "p-1")


def ends(key: keys.Key) -> datetime:
    """When DynamoDB may delete an item."""
    record: Record = table.read([key])[key]
    assert record.expires_at is not None
    found: datetime = record.expires_at
    return found


def whole_seconds(instant: datetime) -> datetime:
    return datetime.fromtimestamp(int(instant.timestamp()), UTC)


def test_of_every_kind_of_record_it_is_said_how_long_it_is_kept() -> None:
    """In docs/privacy.md as well: who adds a kind thinks of that."""
    for module in pkgutil.iter_modules(store.__path__):
        importlib.import_module(f"{store.__name__}.{module.name}")
    kinds = set(_kinds(Record))
    assert kinds == FOR_GOOD | UNTIL_TAKEN_AWAY | FOR_A_WHILE
    assert not FOR_GOOD & (UNTIL_TAKEN_AWAY | FOR_A_WHILE)


def _kinds(base: type[Model]) -> Iterator[str]:
    for each in base.__subclasses__():
        yield each.record.serialize(each)
        yield from _kinds(each)


def test_alerts(account: AccountRecord, clock: StoppedClock, accounts: Accounts) -> None:
    alerts = Alerts(clock, DAYS)
    sent = {Channel.TEXT: ChannelResult(ChannelStatus.ACCEPTED, "m-1")}
    alert = Alert(
        practice_id="harbor",
        patient_id="p-1",
        alert_id="alert-1",
        claimed_at=at(1),
        sent_on=at(1).date(),
        channels=sent,
    )

    def claim(account: AccountRecord) -> None:
        account.claim_id, account.claimed_at = "alert-1", at(1)
        account.last_alert_on, account.claim_channels = at(1).date(), {"text"}

    account = accounts.change("harbor", "p-1", claim)
    alerts.keep([alert])
    assert ends(keys.alert("harbor", "p-1", at(1), "alert-1")) == whole_seconds(at(1) + DAYS)
    clock.now = at(1) + DAYS - timedelta(seconds=1)
    assert [each.alert_id for each in alert_history(alerts, account, clock())] == ["alert-1"]
    clock.now = at(1) + DAYS
    assert alert_history(alerts, account, clock()) == [], "not shown as lost, either"


def test_answered_questions(account: AccountRecord, accounts: Accounts) -> None:
    questions = Questions(accounts, DAYS)
    for number in (1, 2):
        question = Question(
            question_id=f"q-{number}",
            reason=QuestionReason.OTHER,
            message="why",
            call_back=False,
            asked_at=at(number),
        )
        questions.ask("harbor", "p-1", question, today=at(number).date())
    questions.answer("harbor", "q-1", message="so", release_hold=True, by=STAFF, now=at(3))
    for key in (
        keys.question("harbor", "p-1", at(1), "q-1"),
        keys.listed_question("harbor", "answered", at(1), "q-1"),
        keys.question_owner("harbor", "q-1"),
    ):
        assert ends(key) == whole_seconds(at(3) + DAYS)

    def found(now: datetime) -> list[list[str]]:
        newest, _ = newest_questions("harbor", "p-1", now, after=None, limit=9)
        listed = [
            record.question_id
            for state in QuestionState
            for _, record in questions_in("harbor", state, now, after=None, limit=9)[0]
        ]
        return [[record.question_id for record in newest], listed]

    assert found(at(3)) == [["q-2", "q-1"], ["q-2", "q-1"]]
    assert found(at(3) + DAYS) == [["q-2"], ["q-2"]], "an open one stays"


def test_links(account: AccountRecord) -> None:
    token = new_token("abc234")
    Links().keep([new_link(account, Channel.TEXT, token=token, now=at(0))])
    last = whole_seconds(at(0) + LINK_LIFE + KEPT_AFTER_ITS_END)
    assert ends(keys.link(digest(token))) == last
    assert Links().find(digest(token), last - timedelta(seconds=1)) is not None
    assert Links().find(digest(token), last) is None


def test_notes_of_issued_and_fresh_links(account: AccountRecord) -> None:
    link = new_link(account, Channel.TEXT, token=new_token("abc234"), now=at(0))
    Links().issue(link, note=refused_lines.RefusedLineRecord("x", "y", line=1, code="", message=""))
    assert ends(keys.issued_link("harbor", "p-1", link.digest)) == whole_seconds(link.ends_at)
    key = keys.fresh_link("harbor", "p-1", Channel.TEXT, at(0).date())
    assert fresh_links.claim_day(key, at(0))
    assert ends(key) > at(0) + LINK_LIFE, "as long as the link works, which staff see"


def test_sessions(account: AccountRecord, clock: StoppedClock) -> None:
    link = new_link(account, Channel.TEXT, token=new_token("abc234"), now=clock())
    opened = Sessions(clock).open(link, clock())
    assert ends(keys.session(digest(opened.session))) == whole_seconds(clock() + SESSION_LIFE)
    assert Sessions(clock).visit(opened.session).patient_id == "p-1"
    clock.now += SESSION_LIFE
    with pytest.raises(NoSession):
        Sessions(clock).visit(opened.session)


def test_tries_and_notes_of_locked_links(account: AccountRecord) -> None:
    tries, link = SignInTries(), new_link(account, Channel.TEXT, token="t", now=at(0))
    tries.count(link.digest, Tries(), at(0))
    assert ends(keys.tries(link.digest)) > link.ends_at, "none is forgotten while its link works"
    tries.note_locked(link.digest, link, Tries(5, 5, at(0)), at(0))
    last = ends(keys.locked_link("harbor", link.digest))
    assert [each.digest for each in locked_links("harbor", at(0))] == [link.digest]
    assert locked_links("harbor", last) == []


def test_imports_and_refused_lines(aws: None, clock: StoppedClock) -> None:
    imports = Imports()
    imports.receive("harbor", "i-1", kind=ImportKind.ENTRIES, total_bytes=1, now=clock())
    refused_lines.refuse("harbor", "i-1", [RefusedLine(3, "bad_date", "no date")], clock())
    last = ends(keys.import_("harbor", "i-1"))
    assert last == whole_seconds(clock() + refused_lines.KEPT)
    assert ends(keys.refused_line("harbor", "i-1", 3)) == last
    desk = ImportDesk(imports, Mock(), clock)
    assert [line.line for line in desk.show("harbor", "i-1").refused] == [3]
    clock.now += refused_lines.KEPT
    assert desk.recent("harbor") == []
    for look in (desk.show, desk.refused):
        with pytest.raises(RuleError, match="no import"):
            look("harbor", "i-1")


def test_jobs(aws: None) -> None:
    jobs = Jobs()
    jobs.begin("harbor", "j-1", kind=JobKind.PREVIEW, asked="{}", now=at(0))
    last = ends(keys.job("harbor", "j-1"))
    assert jobs.get("harbor", "j-1", last - timedelta(seconds=1)).job_id == "j-1"
    with pytest.raises(RuleError, match="no such job"):
        jobs.get("harbor", "j-1", last)


def test_keys_of_clicks(aws: None) -> None:
    """Those of payments as well: see the tests of payments."""
    key = keys.sent_now("harbor", "p-1", DIGEST)
    sent_now.sent_now_record(key, "alert-1", at(0)).save()
    last = whole_seconds(at(0) + sent_now.A_KEY_LASTS)
    assert ends(key) == last
    assert sent_now.alert_of(key, last - timedelta(seconds=1)) == "alert-1"
    assert sent_now.alert_of(key, last) is None


def test_parked_items_once_they_are_decided(aws: None) -> None:
    items = ParkedItems()
    item = items.park(
        parked.new_item(
            "harbor",
            "item-1",
            kind=ParkedKind.CLAIM,
            reason="denied",
            patient_id="p-1",
            case_id="c-1",
            amount_cents=100,
            origin=("i-1", 3),
            content={},
            now=at(0),
        )
    )
    assert item.expires_at is None, "nobody decided yet"
    items.decide(item, ParkedState.DISMISSED, by="operator", note="", now=at(1))
    assert ends(keys.parked("harbor", "item-1")) == whole_seconds(at(1) + parked.REMEMBERED)
    assert list(items.open("harbor")) == []
