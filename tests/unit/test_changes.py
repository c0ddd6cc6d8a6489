"""What of a record is written: that which differs from the item as it was read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pynamodb.exceptions import AttributeNullError

from balance_alerts.domain.personal import Name
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.practice_records import GatewayAttribute, PracticeRecord

ITEM: dict[str, Any] = {
    "pk": {"S": "ACCOUNT#harbor#p-1"},
    "sk": {"S": "ACCOUNT"},
    "record": {"S": "account"},
    "practice_id": {"S": "harbor"},
    "patient_id": {"S": "p-1"},
    "first_name": {"S": "Ana"},
    "last_name": {"S": "Ibarra"},
    "date_of_birth": {"S": "1984-07-09"},
    "balance_cents": {"N": "5000"},
    "claim_channels": {"SS": ["text", "email"]},
    "holds": {"S": '{"dispute": null}'},
    "window_opened_at": {"S": "2026-03-02T14:30:00.000000+00:00"},
    "newest_responsibility_at": {"S": "2026-03-02T14:30:00.000000+00:00"},
    "last_alert_on": {"S": "0001-01-01"},
    "version": {"N": "3"},
    "of_a_newer_release": {"S": "kept"},
}


def account(**stored: Any) -> AccountRecord:
    return AccountRecord.from_raw_data({**ITEM, **stored})


def written(record: AccountRecord | PracticeRecord) -> set[str]:
    names: dict[str, str] = {}
    for action in record.changes():
        action.serialize(names, {})
    return set(names)


def set_in_place(record: AccountRecord) -> None:
    assert record.claim_channels is not None
    record.claim_channels.discard("email")


@pytest.mark.parametrize(
    ("change", "names"),
    [
        pytest.param(lambda _: None, set(), id="nothing"),
        pytest.param(lambda r: setattr(r, "balance_cents", 5_000), set(), id="the same number"),
        pytest.param(lambda r: setattr(r, "balance_cents", 0), {"balance_cents"}, id="a number"),
        pytest.param(lambda r: setattr(r, "first_name", Name("Ana")), set(), id="the same name"),
        pytest.param(lambda r: setattr(r, "first_name", Name("Bea")), {"first_name"}, id="a name"),
        pytest.param(lambda r: setattr(r, "language", "en"), set(), id="a default, not stored"),
        pytest.param(lambda r: setattr(r, "language", "es"), {"language"}, id="not the default"),
        pytest.param(
            lambda r: setattr(r, "claim_channels", {"email", "text"}), set(), id="the same set"
        ),
        pytest.param(set_in_place, {"claim_channels"}, id="a set in its place"),
        pytest.param(lambda r: setattr(r, "claim_channels", None), {"claim_channels"}, id="no set"),
        pytest.param(lambda r: setattr(r, "mobile", None), set(), id="nothing where nothing was"),
        pytest.param(lambda r: setattr(r, "member_ids", set()), set(), id="an empty set likewise"),
        pytest.param(lambda r: setattr(r, "claim_channels", set()), {"claim_channels"}, id="empty"),
        pytest.param(lambda r: setattr(r, "holds", {"dispute": None}), set(), id="the same JSON"),
        pytest.param(lambda r: setattr(r, "holds", {}), {"holds"}, id="other JSON"),
        pytest.param(
            lambda r: setattr(r, "window_opened_at", datetime(2026, 3, 2, 14, 30, tzinfo=UTC)),
            set(),
            id="the same instant",
        ),
        pytest.param(
            lambda r: setattr(r, "sent_now_on", date(2026, 3, 3)), {"sent_now_on"}, id="a new date"
        ),
        pytest.param(
            lambda r: setattr(r, "window", None),
            {"window_opened_at", "newest_responsibility_at"},
            id="removed",
        ),
    ],
)
def test_only_what_differs_is_written(
    change: Callable[[AccountRecord], None], names: set[str]
) -> None:
    record = account()
    change(record)
    # Whether it belongs in the due index is reckoned at every write.
    assert written(record) - {"due_practice"} == names


def test_a_record_just_made_differs_from_itself_as_it_was_then() -> None:
    read = account()
    made = AccountRecord(read.pk, read.sk, **read.attribute_values).loaded()
    made.balance_cents = 700
    assert written(made) - {"due_practice"} == {"balance_cents"}


def test_what_every_record_has_is_not_taken_away() -> None:
    record = account()
    record.first_name = None
    with pytest.raises(AttributeNullError, match="first_name"):
        record.changes()


GATEWAY = {"connection_id": "c-1", "api_login_id": "login", "client_key": "key"}


def practice(**stored: object) -> PracticeRecord:
    facts: dict[str, object] = {name: {"S": value} for name, value in GATEWAY.items()}
    item = {"pk": {"S": "p"}, "sk": {"S": "s"}, "record": {"S": "practice"}}
    return PracticeRecord.from_raw_data({**item, "gateway": {"M": facts | stored}})


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param({"has_signature_key": {"BOOL": False}}, id="all of it"),
        pytest.param({}, id="without a default"),
        pytest.param({"of_a_newer_release": {"S": "kept"}}, id="with what this release knows not"),
    ],
)
def test_a_map_is_compared_by_what_it_holds(stored: dict[str, object]) -> None:
    record = practice(**stored)
    assert "gateway" not in written(record)
    record.gateway = GatewayAttribute(**GATEWAY)
    assert "gateway" not in written(record)
    record.gateway = GatewayAttribute(**GATEWAY | {"api_login_id": "another"})
    assert "gateway" in written(record)
