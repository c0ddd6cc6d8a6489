"""A parked claim as it is kept: what a release needs, without the patient's name and member id."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from balance_alerts.domain.insurance_claim import Adjudication, InsuranceClaim

_PERSONAL = frozenset({"first_name", "last_name", "member_id"})


def stored_adjudication(change: Adjudication) -> dict[str, Any]:
    """As JSON."""
    return {
        "claim": _stored(change.claim),
        "corrects": None if change.corrects is None else _stored(change.corrects),
    }


def adjudication_of(stored: dict[str, Any]) -> Adjudication:
    """From JSON."""
    corrects = stored["corrects"]
    return Adjudication(_claim(stored["claim"]), corrects and _claim(corrects))


def _stored(claim: InsuranceClaim) -> dict[str, Any]:
    values = {name: value for name, value in asdict(claim).items() if name not in _PERSONAL}
    return values | {
        "causes": list(claim.causes),
        "service_on": claim.service_on and claim.service_on.isoformat(),
        "recorded_on": claim.recorded_on.isoformat(),
        "remarks": sorted(claim.remarks),
    }


def _claim(stored: dict[str, Any]) -> InsuranceClaim:
    values = stored | {
        "causes": tuple(stored["causes"]),
        "service_on": stored["service_on"] and date.fromisoformat(stored["service_on"]),
        "recorded_on": date.fromisoformat(stored["recorded_on"]),
        "remarks": frozenset(stored["remarks"]),
    }
    return InsuranceClaim(**values)
