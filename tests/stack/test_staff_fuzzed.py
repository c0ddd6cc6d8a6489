"""The running staff API, asked whatever docs/openapi-staff.json allows and much that it does not.

Each operation by the least level that may do it, and mostly about what there is at the practice.
`tests.stack.fuzzing` tells how to ask for longer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count
from typing import Any

import pytest
import schemathesis
from schemathesis import Case, SerializationContext
from schemathesis.specs.openapi.checks import positive_data_acceptance

from balance_alerts.domain.account import HoldReason
from balance_alerts.domain.permissions import Level
from balance_alerts.http_api.problems import STATUS
from balance_alerts.store.jobs import JobKind
from balance_alerts.store.orphan_charges import OrphanCharges, OrphanReason
from balance_alerts.store.registration import Registration
from infra.local.stack import LocalStack
from staff.api import GUARDED, OPERATIONS
from staff.routes.imports import REMITTANCE
from tests import builders
from tests.component.imports.worker import entries
from tests.stack.due import Clinic, clinics
from tests.stack.fuzzing import (
    THEIRS,
    Check,
    accepted_if_allowed,
    api_of,
    leaks_nothing,
    somebody_else,
)
from tests.stack.portal_client import Browser, browser_of, link_to
from tests.stack.staff_client import staff
from tests.stack.test_staff_card_payments import CREDENTIALS, pay
from tests.stack.test_staff_jobs import DAYS, WORKER, begun


@schemathesis.serializer(REMITTANCE)
def remittance(_: SerializationContext, content: Any) -> bytes:
    """A file goes out as it is."""
    return str(content).encode()


api = api_of("openapi-staff.json", examples=2)

LEAST = {f"{each.method} {each.path}": each.least for each in GUARDED}
PROBLEMS = {f"{each.method} {each.path.replace('+}', '}')}": each.problems for each in OPERATIONS}
PREVIEW = "POST /practice/balance-alerts/preview"
BEYOND_THE_DOCUMENT = {
    "PUT /practice": {"invalid_value"},  # a website that is none
    "PUT /practice/balance-alerts": {"invalid_value"},  # pilot contacts that are none
    PREVIEW: {"invalid_value"},
    "PUT /patients/{patient_id}": {"invalid_value"},  # consent that lies ahead
    "POST /payments/{payment_id}/resolve": {"missing_field", "invalid_value"},  # see its trans_id
    # An owner's account is another owner's to make; an email may be none.
    "POST /staff": {"forbidden", "invalid_value"},
    "PUT /staff/{staff_id}": {"forbidden", "invalid_value"},
}
"""What the document cannot tell of bodies, beside the problems that an operation has of its own."""

ANOTHER = ("Xanthippe", "Quimby", "another-ankle")
"""Parts of what is known of another patient of the same practice."""

MADE_UP = 4
"""One in so many requests is about ids that nobody has."""

_numbers = count(1)


@dataclass(frozen=True)
class Office:
    """A practice, its staff by level, and an id of each kind that a path may hold."""

    clinic: Clinic
    members: dict[Level, Browser]
    ids: dict[str, str]

    def asked_by(self, label: str) -> Browser:
        """Somebody who may just ask for it; the console's pages are for anybody."""
        level = LEAST.get(label)
        return self.members[level] if level else Browser(self.members[Level.FRONT_DESK].address)

    def ids_for(self, case: Case) -> dict[str, str]:
        """An id that there is for each that a path holds."""
        ids = {"job_id": self.ids["preview_id" if "preview" in case.path else "report_id"]}
        if "item_id" in case.path_parameters:
            ids["item_id"] = self._new_charge()
        if "staff_id" in case.path_parameters:
            ids["staff_id"] = self._new_colleague()
        known = {**self.ids, **ids}
        return {name: known[name] for name in case.path_parameters if name in known}

    def checks(self, label: str) -> Check:
        """That nothing is told of others; of the patient only where they were asked for."""
        secrets = [each.headers["Authorization"] for each in self.members.values()]
        of_others = ANOTHER if "{patient_id}" in label else ()
        return leaks_nothing((*THEIRS, *of_others, *secrets), ("Maya", "Okafor", *ANOTHER))

    def _new_charge(self) -> str:
        trans_id, reason = str(next(_numbers)), OrphanReason.UNKNOWN_ATTEMPT
        OrphanCharges().raise_once(
            self.clinic.practice.practice_id,
            trans_id,
            reason,
            invoice_number=None,
            amount_cents=700,
            patient_id=None,
            now=self.clinic.stack.now(),
        )
        return f"charge-{trans_id}.{reason}"

    def _new_colleague(self) -> str:
        colleague = {
            "name": "Noor Haddad",
            "email": f"noor-{next(_numbers)}@clinic.example",
            "level": "front_desk",
        }
        answer = self.members[Level.BUSINESS_OWNER].send("POST", "/staff", colleague)
        return str(answer.json["staff_id"])


def opened(clinic: Clinic, browser: Browser) -> Office:
    """An office with something of each kind."""
    stack, practice_id = clinic.stack, clinic.practice.practice_id
    clinic.patient("p-1", owes=900_000, email=True)
    stack.connect_to_gateway(practice_id)
    payment = pay(clinic, browser, "1")
    patient = browser.signed_in(link_to(clinic, "p-1"))
    question = patient.send("POST", "/portal/questions", {"reason": "other"})
    stack.wiring.accounts.release_hold(practice_id, "p-1", HoldReason.PATIENT_QUESTION)
    another_patient(clinic)
    members = {level: staff(browser, clinic, level) for level in Level}
    desk = members[Level.FRONT_DESK]
    content = entries({"entry_id": "e-1"}, {"entry_id": "e-2", "amount": "lots"})
    kind = {"Content-Type": "text/csv; header=present"}
    import_id = desk.send("POST", "/imports?kind=entries", content, kind).json["import_id"]
    page = browser.get("/console/").raw.decode()
    ids = {
        "file": page.partition('href="/console/')[2].partition('"')[0],
        "patient_id": "p-1",
        "channel": "text",
        "reason": "dispute",
        "payment_id": payment.json["payment_id"],
        "question_id": question.json["question_id"],
        "import_id": import_id,
        "preview_id": done(clinic, JobKind.PREVIEW, "{}"),
        "report_id": done(clinic, JobKind.ALERT_REPORT, DAYS),
    }
    stack.wait_drained("ImportQueueUrl")
    return Office(clinic, members, ids)


def another_patient(clinic: Clinic) -> None:
    """Somebody else who owes."""
    wiring = clinic.stack.wiring
    details = builders.patient("p-2", first_name=ANOTHER[0], last_name=ANOTHER[1])
    Registration(wiring.practices).register(
        clinic.practice, details, recorded_by="test", now=builders.at(0)
    )
    owed = builders.entry("another-owed", case_id=ANOTHER[2])
    wiring.ledger.post(clinic.practice, "p-2", [owed])


def done(clinic: Clinic, kind: JobKind, asked: str) -> str:
    """A job that is done."""
    event = begun(clinic, kind, asked)
    clinic.stack.invoke(WORKER, event)
    return event["job_id"]


@pytest.fixture(scope="module")
def office(shared_stack: LocalStack) -> Iterator[Office]:
    shared_stack.empty()
    shared_stack.clock.set(builders.at(1))
    ours, other = (clinic for clinic, _ in zip(clinics(shared_stack), range(2), strict=False))
    somebody_else(other)
    with browser_of(shared_stack) as browser:
        yield opened(ours, browser)


@api.parametrize()
def test_whatever_is_asked_is_answered_as_documented(case: Case, office: Office) -> None:
    if case.media_type == REMITTANCE and not isinstance(case.body, str):
        return  # whatever is sent as a file is one
    label = case.operation.label
    ids = office.ids_for(case)
    made_up = bool(ids) and next(_numbers) % MADE_UP == 0
    if not made_up:
        case.path_parameters.update(ids)
    asking = office.asked_by(label)
    case.call_and_validate(
        base_url=asking.address,
        headers=asking.headers,
        excluded_checks=[positive_data_acceptance],
        additional_checks=[
            accepted_if_allowed({label: beyond_the_document(label, aimed=not made_up)}),
            office.checks(label),
        ],
    )


def beyond_the_document(label: str, *, aimed: bool) -> set[str]:
    """With which codes a request that the document allows may be refused all the same.

    At what is there, nobody is told that it is not.
    """
    codes = {*PROBLEMS[label], *BEYOND_THE_DOCUMENT.get(label, ())}
    if aimed:
        return {code for code in codes if STATUS[code] is not HTTPStatus.NOT_FOUND}
    return {*codes, "invalid_value"}


GOOD: dict[str, dict[str, Any]] = {
    "PUT /practice": {"body": {"hours": "Mon-Fri 8-18"}},
    "PUT /practice/balance-alerts": {"body": {"daily_limit": 9}},
    PREVIEW: {"body": {"paused": True}},
    "PUT /practice/authorize-net": {"body": CREDENTIALS},
    "POST /attention/{item_id}": {"body": {"action": "dismiss", "note": "Seen."}},
    "POST /payments/{payment_id}/resolve": {"body": {"outcome": "not_charged", "note": "Seen."}},
    "POST /questions/{question_id}/answer": {"body": {"release_hold": True}},
    "POST /imports": {"query": {"kind": "entries"}, "body": "nonsense", "media_type": "text/csv"},
    "POST /imports/uploads": {"query": {"kind": "835"}},
    "POST /staff": {
        "body": {"name": "Noa Levi", "email": "noa@clinic.example", "level": "front_desk"}
    },
    "PUT /staff/{staff_id}": {"body": {"level": "clinical_staff"}},
    "PUT /patients/{patient_id}": {"body": {"language": "es"}},
    "PUT /patients/{patient_id}/balance-alerts": {"body": {"text": True}},
    "POST /patients/{patient_id}/alerts": {"headers": {"Idempotency-Key": "one-click"}},
    "PUT /patients/{patient_id}/holds/{reason}": {"body": {"until": "2026-04-01"}},
    "POST /patients/{patient_id}/entries": {
        "body": {
            "entry_id": "paid-here",
            "kind": "payment",
            "amount_cents": 100,
            "case_id": "knee",
            "recorded_at": "2026-03-02T15:00:00Z",
        }
    },
}
"""What to ask with, where nothing is no good request."""

REFUSED = {"POST /payments/{payment_id}/resolve": "payment_settled"}
"""What the office has none of: a payment that was open for a day."""


def test_what_is_there_is_told_and_changed_as_documented(clinic: Clinic, browser: Browser) -> None:
    somebody_else(next(clinics(clinic.stack)))
    office = opened(clinic, browser)
    for operation in (each.ok() for each in api.get_all_operations()):
        label = operation.label
        parts = {"media_type": "application/json", **GOOD.get(label, {})}
        asking = office.asked_by(label)
        parts["headers"] = {**asking.headers, **parts.get("headers", {})}
        names = re.findall(r"{(\w+)}", label)
        case = operation.Case(path_parameters=dict.fromkeys(names, ""), **parts)
        case.path_parameters.update(office.ids_for(case))
        answer = case.call_and_validate(
            base_url=asking.address, additional_checks=[office.checks(label)]
        )
        if label in REFUSED:
            assert answer.json()["code"] == REFUSED[label]
        else:
            assert answer.status_code < HTTPStatus.MULTIPLE_CHOICES, (label, answer.text)
