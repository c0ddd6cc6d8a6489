"""What is made of pip-audit's reports, which are quoted here as it wrote them."""

from __future__ import annotations

from typing import Any

import pytest

from infra import audit

VULNERABLE: dict[str, Any] = {
    "name": "urllib3",
    "version": "2.0.6",
    "vulns": [
        {
            "id": "PYSEC-2023-212",
            "fix_versions": ["1.26.18", "2.0.7"],
            "aliases": ["CVE-2023-45803", "GHSA-g4mx-q9vg-27p4"],
            "description": "urllib3 is a user-friendly HTTP client library for Python.",
        }
    ],
}
CLEAN: dict[str, Any] = {"name": "idna", "version": "3.10", "vulns": []}
UNKNOWN = {
    "name": "six",
    "skip_reason": "Dependency not found on PyPI and could not be audited: six (1.17.0)",
}
FINDING = "urllib3 2.0.6: PYSEC-2023-212, fixed in 1.26.18 or 2.0.7"


def report(*dependencies: dict[str, Any]) -> dict[str, Any]:
    return {"dependencies": list(dependencies), "fixes": []}


def test_a_vulnerability_is_told_with_what_mends_it() -> None:
    assert audit.read(report(CLEAN, VULNERABLE)) == audit.Audit([FINDING], packages=2, unknown=0)


@pytest.mark.parametrize("name", ["PYSEC-2023-212", "CVE-2023-45803"])
def test_one_that_is_accepted_under_any_of_its_names_is_not(name: str) -> None:
    assert audit.read(report(VULNERABLE), accepted=[name]).findings == []


def test_what_is_not_known_is_not_taken_for_clean() -> None:
    some = audit.read(report(CLEAN, UNKNOWN))
    assert (some.unknown, some.is_void) == (1, False)
    assert audit.read(report(UNKNOWN)).is_void


@pytest.mark.parametrize(
    ("required", "answers", "code"),
    [
        ("", [report(CLEAN)], 0),
        ("", [report(CLEAN), report(VULNERABLE)], 1),
        ("", [report(UNKNOWN)], 0),
        ("required", [report(UNKNOWN)], 1),
        ("required", [report(CLEAN, UNKNOWN)], 1),
        ("required", [report(CLEAN)], 0),
    ],
)
def test_what_fails(
    monkeypatch: pytest.MonkeyPatch, required: str, answers: list[dict[str, Any]], code: int
) -> None:
    monkeypatch.setenv("AUDIT", required)
    told = iter(answers + [report(CLEAN)] * len(audit.LOCKS))
    monkeypatch.setattr(audit, "_ask", lambda _: audit.read(next(told)))
    assert audit.main() == code
