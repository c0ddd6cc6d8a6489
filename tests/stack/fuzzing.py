"""What is asked of an API by its document, and what no answer of it may ever hold.

Schemathesis makes the requests: for each operation the edges of every limit, every way to break
one, methods that are not there, and some random ones, the same in each run. FUZZ_EXAMPLES says how
many random ones, and is meant to be raised by whoever has the time:

    FUZZ_EXAMPLES=500 .venv/bin/python -m pytest --timeout 0 -k fuzzed tests/stack
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, Response
from schemathesis.specs.openapi.checks import positive_data_acceptance

from balance_alerts.domain.ledger import EntryKind
from balance_alerts.store.registration import Registration
from tests import builders
from tests.stack.due import Clinic

DOCS = Path(__file__).parents[2] / "docs"
FEW_EXAMPLES = 8
PROBLEM = "application/problem+json"

THEIRS = ("Zelda", "Quackenbush", "Seacliff", "secret-shoulder", "+12025567", "zelda.q@")
"""Parts of what is known of the patient of another practice."""

Check = Callable[[CheckContext, Response, Case], None]


def api_of(document: str, examples: int = FEW_EXAMPLES) -> Any:
    """The operations of one of the documents."""
    api = schemathesis.openapi.from_path(DOCS / document)
    examples = int(os.environ.get("FUZZ_EXAMPLES", examples))
    api.config.generation.update(deterministic=True, max_examples=examples)
    return api


def is_allowed(case: Case) -> bool:
    """Whether the document allows this request."""
    return case.meta is not None and case.meta.generation.mode.is_positive


def accepted_if_allowed(beyond: Mapping[str, Collection[str]]) -> Check:
    """Stricter than what it replaces where the document cannot tell: only these codes will do."""

    def accepted_if_allowed(ctx: CheckContext, response: Response, case: Case) -> None:
        expected = beyond.get(case.operation.label)
        if expected is None:
            positive_data_acceptance(ctx, response, case)
        elif is_allowed(case) and response.status_code >= 400:
            assert response.json()["code"] in expected, response.text

    return accepted_if_allowed


def leaks_nothing(never: Sequence[str], in_problems: Sequence[str]) -> Check:
    """No answer tells of anybody else, no problem of anybody, nor what was sent."""

    def leaks_nothing(_: CheckContext, response: Response, case: Case) -> None:
        told = response.text + str(response.headers)
        assert not [part for part in never if part in told]
        if response.headers["content-type"] == [PROBLEM]:
            private = (*in_problems, *texts(case.body))
            assert not [part for part in private if part in told]

    return leaks_nothing


def _words(document: Any) -> Iterator[str]:
    """The words that a document knows, which problems may name whoever sent them."""
    if isinstance(document, dict):
        yield from (word for word in document.get("enum", ()) if isinstance(word, str))
        document = list(document.values())
    if isinstance(document, list):
        for part in document:
            yield from _words(part)


WORDS = {word for path in DOCS.glob("*.json") for word in _words(json.loads(path.read_text()))}


def texts(body: Any) -> Iterator[str]:
    """Whatever was sent that is long enough to be found again."""
    if isinstance(body, dict):
        for value in body.values():
            yield from texts(value)
    elif isinstance(body, list):
        for value in body:
            yield from texts(value)
    elif isinstance(body, str) and len(body) > 5 and body not in WORDS:
        yield body


def somebody_else(clinic: Clinic) -> str:
    """Another practice's patient, under the id of ours; returns the id of a payment."""
    wiring = clinic.stack.wiring
    details = builders.patient(
        "p-1", first_name=THEIRS[0], last_name=THEIRS[1], mobile=THEIRS[4] + "999"
    )
    Registration(wiring.practices).register(
        clinic.practice, details, recorded_by="test", now=builders.at(0)
    )
    owed = builders.entry("theirs-owed", case_id=THEIRS[3], case_label=THEIRS[2])
    paid = builders.entry("theirs-paid", EntryKind.PAYMENT, 700, case_id=THEIRS[3])
    wiring.ledger.post(clinic.practice, "p-1", [owed, paid])
    return paid.entry_id
