"""What a patient sees and does after signing in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from balance_alerts.domain.account import HoldReason
from balance_alerts.domain.audit import THE_PATIENT, Change
from balance_alerts.domain.contact import Channel, ContactFact, ContactState, mask_contact
from balance_alerts.domain.decide import Reason, decide
from balance_alerts.domain.ledger import EntryKind, LedgerEntry
from balance_alerts.portal.balance import balance_of
from balance_alerts.store.audit import changes_of
from balance_alerts.store.consents import ConsentRecord
from balance_alerts.store.entries import cases_of
from balance_alerts.store.questions import QuestionRecord
from tests import builders
from tests.builders import at
from tests.stack.due import Clinic
from tests.stack.portal_client import BORN, Browser, link_to

PAYMENT = {"amount_cents": 100, "opaque_data": {"data_descriptor": "d", "data_value": "v"}}


@pytest.fixture
def patient(clinic: Clinic, browser: Browser) -> Browser:
    """The first patient, signed in, who owes 50 dollars."""
    clinic.patient("p-1", email=True)
    return browser.signed_in(link_to(clinic, "p-1"))


def post(clinic: Clinic, *entries: LedgerEntry, patient_id: str = "p-1") -> None:
    clinic.stack.wiring.ledger.post(clinic.practice, patient_id, list(entries))


def pages(patient: Browser, path: str, name: str) -> Iterator[list[Any]]:
    cursor = None
    while True:
        answer = patient.get(f"{path}?cursor={cursor}" if cursor else path)
        assert answer.status == 200
        yield answer.json[name]
        cursor = answer.json["next_cursor"]
        if cursor is None:
            return


class TestBalance:
    def test_is_told_case_by_case_oldest_debt_first(self, clinic: Clinic, patient: Browser) -> None:
        post(
            clinic,
            replace(builders.entry("e-1", cents=2_000, recorded_at=at(1, "09:00")), case_id="back"),
            replace(
                builders.entry("e-2", cents=700, recorded_at=at(-9)),
                case_id="hip",
                case_label="Hip",
            ),
            builders.entry("e-3", EntryKind.PAYMENT, 1_500, recorded_at=at(1, "09:30")),
        )
        told = patient.get("/portal/balance").json
        assert told["cases"] == [
            {"case_id": "hip", "label": "Hip", "balance_cents": 700},
            {"case_id": "knee", "label": None, "balance_cents": 3_500},
            {"case_id": "back", "label": None, "balance_cents": 2_000},
        ]
        assert told["balance_cents"] == sum(case["balance_cents"] for case in told["cases"])
        assert told["practice"] == {
            "display_name": "Harbor Point Physical Therapy",
            "phone": "202-555-0100",
            "hours": "",
        }
        assert told["first_name"] == "Maya"
        assert told["as_of"].startswith("2026-03-03T15:0")
        assert (told["online_payments"], told["open_payment"]) == (None, None)

    @pytest.mark.parametrize("account_first", [True, False])
    def test_is_the_sum_of_its_cases_whichever_of_both_is_read_before_an_entry(
        self, clinic: Clinic, account_first: bool
    ) -> None:
        clinic.patient("p-1")
        wiring = clinic.stack.wiring
        session = wiring.sign_in.sign_in(link_to(clinic, "p-1"), BORN).session
        before = wiring.sessions.visit(session)
        cases = cases_of(before.practice_id, before.patient_id)
        post(clinic, builders.entry("e-1", cents=700, recorded_at=at(1, "09:00")))
        if account_first:
            visit, cases = before, cases_of(before.practice_id, before.patient_id)
        else:
            visit = wiring.sessions.visit(session)
        told = balance_of(visit, cases, attempts=wiring.attempts, card_form_script="")
        assert told.balance_cents == sum(case.balance_cents for case in told.cases) == 5_700

    def test_answers_are_never_kept_by_the_browser(self, patient: Browser) -> None:
        headers = patient.get("/portal/balance").headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"


class TestActivity:
    def test_tells_every_entry_newest_first_as_it_changes_the_balance(
        self, clinic: Clinic, patient: Browser
    ) -> None:
        post(
            clinic,
            builders.entry(
                "e-1",
                cents=4_000,
                recorded_at=at(-3),
                cause="copay",
                payer="Granite Coast Mutual",
                service_date=date(2026, 2, 20),
            ),
            builders.entry("e-2", EntryKind.PAYMENT, 1_000, recorded_at=at(1, "09:00")),
            builders.entry(
                "e-3",
                EntryKind.ADJUSTMENT,
                -500,
                recorded_at=at(1, "09:30"),
                description="Courtesy",
            ),
        )
        entries = patient.get("/portal/activity").json["entries"]
        told = [(each["kind"], each["amount_cents"], each["description"]) for each in entries]
        assert told == [
            ("adjustment", -500, "Courtesy"),
            ("payment", -1_000, "Payment, thank you"),
            ("responsibility", 5_000, "Your share"),
            ("responsibility", 4_000, "Your share (copay)"),
        ]
        assert entries[-1]["service_date"] == "2026-02-20"
        assert (entries[-1]["cause"], entries[-1]["payer"]) == ("copay", "Granite Coast Mutual")
        balance = patient.get("/portal/balance").json["balance_cents"]
        assert sum(each["amount_cents"] for each in entries) == balance

    @pytest.mark.parametrize(("more", "sizes"), [(49, [50]), (50, [50, 1]), (120, [50, 50, 21])])
    def test_pages_add_up_to_the_whole_ledger(
        self, clinic: Clinic, patient: Browser, more: int, sizes: list[int]
    ) -> None:
        entries = [
            builders.entry(f"e-{n:03}", cents=100, recorded_at=at(0) + timedelta(seconds=n // 3))
            for n in range(more)
        ]
        post(clinic, *entries)
        found = list(pages(patient, "/portal/activity", "entries"))
        assert [len(page) for page in found] == sizes
        total = sum(entry["amount_cents"] for page in found for entry in page)
        assert total == 5_000 + 100 * more

    @pytest.mark.parametrize("path", ["/portal/activity", "/portal/payments"])
    @pytest.mark.parametrize("cursor", ["", "x", "%00", "Q0FTRSM", "A" * 500])
    def test_a_cursor_that_is_none_of_ours_is_refused(
        self, patient: Browser, path: str, cursor: str
    ) -> None:
        answer = patient.get(f"{path}?cursor={cursor}")
        assert (answer.status, answer.code) == (422, "invalid_value")


class TestPayments:
    def test_one_row_a_payment_whatever_the_direction(
        self, clinic: Clinic, patient: Browser
    ) -> None:
        by_card = {"method": "card", "external_ref": "4001"}
        post(
            clinic,
            builders.entry("e-1", EntryKind.PAYMENT, 1_000, recorded_at=at(1, "08:00"), **by_card),
            replace(
                builders.entry(
                    "e-2", EntryKind.PAYMENT, 500, recorded_at=at(1, "08:00"), **by_card
                ),
                case_id="back",
            ),
            builders.entry(
                "e-3", EntryKind.REFUND, 200, recorded_at=at(1, "09:00"), method="check"
            ),
        )
        rows = patient.get("/portal/payments").json["payments"]
        assert [
            (row["kind"], row["amount_cents"], row["status"], row["method"]) for row in rows
        ] == [
            ("refund", 200, "posted", "check"),
            ("payment", 1_500, "posted", "card"),
        ]
        one = patient.get(f"/portal/payments/{rows[1]['payment_id']}")
        assert one.json == {**rows[1], "balance_cents": 3_700, "receipt": None}

    def test_many_payments_come_in_pages(self, clinic: Clinic, patient: Browser) -> None:
        entries = [
            builders.entry(
                f"e-{n}", EntryKind.PAYMENT, 10, recorded_at=at(0) + timedelta(seconds=n)
            )
            for n in range(75)
        ]
        post(clinic, *entries)
        found = list(pages(patient, "/portal/payments", "payments"))
        assert [len(page) for page in found] == [50, 25]
        ids = [row["payment_id"] for page in found for row in page]
        assert ids == [f"e-{n}" for n in reversed(range(75))]

    @pytest.mark.parametrize(
        ("body", "headers", "status", "code"),
        [
            (PAYMENT, {"Idempotency-Key": "k-1"}, 409, "online_payments_unavailable"),
            (PAYMENT, {}, 422, "missing_field"),
            (PAYMENT | {"amount_cents": True}, {"Idempotency-Key": "k"}, 422, "invalid_value"),
            (PAYMENT | {"amount_cents": 1.5}, {"Idempotency-Key": "k"}, 422, "invalid_value"),
            (PAYMENT | {"opaque_data": "v"}, {"Idempotency-Key": "k"}, 422, "invalid_value"),
            (PAYMENT | {"card_number": "4"}, {"Idempotency-Key": "k"}, 422, "unknown_field"),
            ({"amount_cents": 100}, {"Idempotency-Key": "k"}, 422, "missing_field"),
        ],
    )
    def test_nobody_can_pay_where_no_gateway_is_connected(
        self, patient: Browser, body: object, headers: dict[str, str], status: int, code: str
    ) -> None:
        answer = patient.send("POST", "/portal/payments", body, headers)
        assert (answer.status, answer.code) == (status, code)
        assert patient.get("/portal/payments").json["payments"] == []


class TestQuestions:
    def ask(self, patient: Browser, **question: object) -> Any:
        return patient.send("POST", "/portal/questions", {"reason": "wrong_amount", **question})

    def holds(self, clinic: Clinic) -> dict[HoldReason, date | None]:
        return dict(clinic.account("p-1").to_domain().holds)

    def test_a_card_number_is_not_kept(self, clinic: Clinic, patient: Browser) -> None:
        assert self.ask(patient, message="Use 4111 1111 1111 1111, please.").status == 201
        pk = clinic.account("p-1").pk
        [kept] = QuestionRecord.query(pk, QuestionRecord.sk.startswith("QUESTION#"))
        assert kept.message == "Use **** 1111, please."

    def test_a_question_is_kept_and_pauses_alerts(self, clinic: Clinic, patient: Browser) -> None:
        answer = self.ask(patient, message="I paid this in\nFebruary.", call_back=True)
        assert answer.status == 201
        pk = clinic.account("p-1").pk
        [kept] = QuestionRecord.query(pk, QuestionRecord.sk.startswith("QUESTION#"))
        assert (kept.question_id, kept.state) == (answer.json["question_id"], "open")
        assert (kept.reason, kept.message, kept.call_back) == (
            "wrong_amount", "I paid this in\nFebruary.", True,
        )  # fmt: skip
        assert self.holds(clinic) == {HoldReason.PATIENT_QUESTION: date(2026, 3, 17)}
        assert self.ask(patient).status == 201, "on the same day, which pauses no longer"
        [change], _ = changes_of(clinic.practice.practice_id, after=None, limit=50)
        assert (change.action, change.subject) == ("hold_set", "patient p-1")
        assert (change.by, change.after) == (THE_PATIENT, {"patient_question": "2026-03-17"})
        decision = decide(clinic.account("p-1").to_domain(), clinic.practice, clinic.stack.now())
        assert decision.reason is Reason.ON_HOLD

    def test_asking_again_and_again_pauses_sixty_days_at_most(
        self, clinic: Clinic, browser: Browser
    ) -> None:
        clinic.patient("p-1")
        until = []
        for day in range(1, 92, 10):
            clinic.stack.clock.set(at(day))
            self.ask(browser.signed_in(link_to(clinic, "p-1")))
            until.append((self.holds(clinic)[HoldReason.PATIENT_QUESTION] - builders.DAY_0).days)
        assert until == [15, 25, 35, 45, 55, 61, 61, 85, 95, 105]

    @pytest.mark.parametrize(
        ("question", "code"),
        [
            ({"reason": "bored"}, "invalid_value"),
            ({"message": "x" * 2001}, "invalid_value"),
            ({"message": "a\u0000b"}, "invalid_value"),
            ({"call_back": "yes"}, "invalid_value"),
            ({"phone": "1"}, "unknown_field"),
        ],
    )
    def test_a_question_that_makes_no_sense_changes_nothing(
        self, clinic: Clinic, patient: Browser, question: dict[str, object], code: str
    ) -> None:
        answer = self.ask(patient, **question)
        assert (answer.status, answer.code) == (422, code)
        assert self.holds(clinic) == {}


class TestSwitches:
    def put(self, patient: Browser, *, text: bool, email: bool) -> Any:
        return patient.send("PUT", "/portal/alerts", {"text": text, "email": email})

    def consents(self, clinic: Clinic) -> list[tuple[str, str, bool | None]]:
        pk = clinic.account("p-1").pk
        found = ConsentRecord.query(pk, ConsentRecord.sk.startswith("CONSENT#"))
        return [(each.channel, each.source, each.withdrawn) for each in found]

    def changes(self, clinic: Clinic) -> list[Change]:
        changes, _ = changes_of(clinic.practice.practice_id, after=None, limit=50)
        return changes

    def test_off_withdraws_the_one_channel_of_the_one_account(
        self, clinic: Clinic, patient: Browser
    ) -> None:
        number = clinic.account("p-1").mobile
        answer = self.put(patient, text=False, email=True)
        assert answer.json == {"text": False, "email": True}
        account = clinic.account("p-1")
        assert (account.text_subscribed, account.mobile_state) == (False, "reachable")
        assert account.text_withdrawn_at is not None
        assert ("text", "portal", True) in self.consents(clinic)
        [change] = self.changes(clinic)
        assert (change.action, change.subject) == ("subscription_changed", "patient p-1")
        assert (change.by, change.before, change.after) == (
            THE_PATIENT,
            {"text": True},
            {"text": False},
        )
        assert [each.channel for each in clinic.stack.outbox.messages(to=number)] == []

    def test_on_again_is_consent_by_the_patient(self, clinic: Clinic, patient: Browser) -> None:
        self.put(patient, text=False, email=True)
        assert self.put(patient, text=True, email=True).json == {"text": True, "email": True}
        account = clinic.account("p-1")
        assert (account.text_subscribed, account.text_withdrawn_at) == (True, None)
        assert ("text", "portal", None) in self.consents(clinic)
        assert clinic.stack.scan().sent == 1

    def test_the_owner_takes_back_an_opt_out_for_every_account_of_the_contact(
        self, clinic: Clinic, patient: Browser
    ) -> None:
        account = clinic.account("p-1")
        shared = builders.patient("p-2", mobile=account.mobile)
        self.register(clinic, shared)
        self.set_state(clinic, ContactState.OPTED_OUT)
        assert patient.get("/portal/alerts").json == {"text": False, "email": True}
        assert self.put(patient, text=True, email=True).json == {"text": True, "email": True}
        assert clinic.account("p-1").mobile_state == "reachable"
        assert clinic.account("p-2").mobile_state == "reachable"
        assert ("text", "portal", None) in self.consents(clinic)
        [change] = self.changes(clinic)
        assert (change.action, change.by) == ("contact_opted_in", THE_PATIENT)
        assert change.after == {"contact": mask_contact(account.mobile), "state": "reachable"}

    def test_a_switch_that_is_off_by_stop_is_not_withdrawn_by_turning_the_other(
        self, clinic: Clinic, patient: Browser
    ) -> None:
        self.set_state(clinic, ContactState.OPTED_OUT)
        assert self.put(patient, text=False, email=False).json == {"text": False, "email": False}
        account = clinic.account("p-1")
        assert (account.text_subscribed, account.email_subscribed) == (True, False)
        assert account.text_withdrawn_at is None

    @pytest.mark.parametrize("state", [ContactState.INVALID, ContactState.BOUNCED])
    def test_a_bad_contact_does_not_become_good_by_wishing(
        self, clinic: Clinic, patient: Browser, state: ContactState
    ) -> None:
        self.set_state(clinic, state)
        answer = self.put(patient, text=True, email=False)
        assert (answer.status, answer.code) == (409, "contact_unreachable")
        assert clinic.account("p-1").email_subscribed is True
        assert self.put(patient, text=False, email=True).status == 200

    def test_nothing_is_changed_where_nothing_was_asked(
        self, clinic: Clinic, patient: Browser
    ) -> None:
        before = self.consents(clinic), clinic.account("p-1").version
        self.put(patient, text=True, email=True)
        assert self.changes(clinic) == []
        assert (self.consents(clinic), clinic.account("p-1").version) == before

    @pytest.mark.parametrize("body", [{}, {"text": True}, {"text": 1, "email": True}])
    def test_both_switches_are_sent_as_booleans(self, patient: Browser, body: object) -> None:
        assert patient.send("PUT", "/portal/alerts", body).status == 422

    def register(self, clinic: Clinic, details: Any) -> None:
        from balance_alerts.store.registration import Registration

        Registration(clinic.stack.wiring.practices).register(
            clinic.practice, details, recorded_by="test", now=at(0)
        )

    def set_state(self, clinic: Clinic, state: ContactState) -> None:
        clinic.stack.wiring.accounts.tell_of_contact(
            clinic.practice.practice_id,
            Channel.TEXT,
            str(clinic.account("p-1").mobile),
            ContactFact(state),
            source="test",
            at=clinic.stack.now(),
        )


class TestOthers:
    """Nobody sees or changes what is another patient's."""

    def test_each_session_reaches_its_own_account_only(
        self, clinic: Clinic, browser: Browser
    ) -> None:
        for patient_id, owed in (("p-1", 1_000), ("p-2", 2_000)):
            clinic.patient(patient_id, owes=owed)
            paid = builders.entry(f"{patient_id}-paid", EntryKind.PAYMENT, 1, recorded_at=at(1))
            post(clinic, paid, patient_id=patient_id)
        first = browser.signed_in(link_to(clinic, "p-1"))
        second = browser.signed_in(link_to(clinic, "p-2"))
        assert first.get("/portal/balance").json["balance_cents"] == 999
        assert second.get("/portal/balance").json["balance_cents"] == 1_999
        assert first.get("/portal/payments/p-1-paid").status == 200
        answer = first.get("/portal/payments/p-2-paid")
        assert (answer.status, answer.code) == (404, "unknown_payment")
        first.send("PUT", "/portal/alerts", {"text": False, "email": False})
        first.send("POST", "/portal/questions", {"reason": "other"})
        untouched = clinic.account("p-2")
        assert (untouched.text_subscribed, untouched.holds) == (True, None)

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/portal/balance"),
            ("GET", "/portal/activity"),
            ("GET", "/portal/payments"),
            ("GET", "/portal/payments/x"),
            ("POST", "/portal/payments"),
            ("POST", "/portal/questions"),
            ("GET", "/portal/alerts"),
            ("PUT", "/portal/alerts"),
        ],
    )
    def test_without_a_session_there_is_nothing_to_see(
        self, stack: object, browser: Browser, method: str, path: str
    ) -> None:
        answer = browser.send(method, path, {})
        assert (answer.status, answer.code) == (401, "no_session")
        assert answer.headers["WWW-Authenticate"] == "Bearer"

    def test_what_does_not_exist_is_a_problem_too(self, stack: object, browser: Browser) -> None:
        nothing = browser.get("/portal/nothing")
        assert (nothing.status, nothing.code) == (404, "not_found")
        wrong = browser.send("DELETE", "/portal/alerts")
        assert (wrong.status, wrong.code) == (405, "method_not_allowed")
        assert wrong.headers["Allow"] == "GET, PUT"
