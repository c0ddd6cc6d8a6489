from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest

from balance_alerts.domain.attempt import AttemptState
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import Practice
from balance_alerts.imports import chunks
from balance_alerts.imports.parked import ParkedDesk
from balance_alerts.store import keys, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.attempt_records import AttemptRecord
from balance_alerts.store.claim_levels import entry_of
from balance_alerts.store.imports import ImportKind
from balance_alerts.store.ledger import Ledger
from balance_alerts.store.parked import ParkedItems, ParkedRecord
from balance_alerts.store.posting import Posting, PostingOutcome
from tests.component.conftest import StoppedClock
from tests.component.imports.worker import PRACTICE, Worker, counts, entries, patients

ENTRIES = ImportKind.ENTRIES
ONLINE = {"entry_id": "online", "kind": "payment", "amount": "20", "external_ref": "60223421156"}
OFFICE = {
    "entry_id": "office",
    "kind": "payment",
    "amount": "20",
    "recorded_at": "2026-03-03T09:00:00-05:00",
}
PAYMENTS = entries({"entry_id": "owed"}, ONLINE, OFFICE)


@pytest.fixture(autouse=True)
def ana(worker: Worker) -> None:
    worker.take_in(ImportKind.PATIENTS, patients({"patient_id": "p-1"}, {"patient_id": "p-2"}))


def test_a_payment_told_twice_in_one_file_is_parked(
    worker: Worker, accounts: Accounts, desk: ParkedDesk
) -> None:
    assert counts(worker.take_in(ENTRIES, PAYMENTS)) == {"added": 2, "parked": 1}
    assert accounts.get(PRACTICE, "p-1").balance_cents == 30_00
    (item,) = desk.waiting(PRACTICE)
    assert (item.patient_id, item.amount_cents, item.line) == ("p-1", 20_00, 4)
    assert item.reason == "possible_duplicate"


def test_an_online_payment_that_is_being_confirmed_is_not_told_a_second_time_either(
    worker: Worker, accounts: Accounts, desk: ParkedDesk
) -> None:
    worker.take_in(ENTRIES, entries({"entry_id": "owed"}))
    pay_online(accounts)
    another = OFFICE | {"entry_id": "another", "amount": "21"}
    assert counts(worker.take_in(ENTRIES, entries(OFFICE, another))) == {"added": 1, "parked": 1}
    assert [item.amount_cents for item in desk.waiting(PRACTICE)] == [20_00]


@pytest.mark.parametrize("decided", [True, False], ids=["dismissed", "waiting"])
def test_what_was_parked_stays_so_after_the_online_payment_failed(
    worker: Worker, accounts: Accounts, desk: ParkedDesk, decided: bool
) -> None:
    owed = {"entry_id": "owed"}
    worker.take_in(ENTRIES, entries(owed))
    pay_online(accounts)
    worker.take_in(ENTRIES, entries(OFFICE))
    (item,) = desk.waiting(PRACTICE)
    if decided:
        desk.dismiss(PRACTICE, item.item_id, by="Sam", note="")
    end_payment(accounts)

    assert counts(worker.take_in(ENTRIES, entries(owed, OFFICE))) == {"unchanged": 2}

    assert accounts.get(PRACTICE, "p-1").balance_cents == 50_00
    assert len(list(desk.waiting(PRACTICE))) == (0 if decided else 1)


@pytest.mark.parametrize("put_right", [{"amount": "21"}, {"external_ref": "60223421157"}])
def test_another_payment_under_the_id_of_a_parked_one_is_refused(
    worker: Worker, accounts: Accounts, desk: ParkedDesk, put_right: dict[str, str]
) -> None:
    worker.take_in(ENTRIES, entries({"entry_id": "owed"}))
    pay_online(accounts)
    worker.take_in(ENTRIES, entries(OFFICE))
    end_payment(accounts)

    right = OFFICE | put_right

    assert counts(worker.take_in(ENTRIES, entries(right))) == {"refused": 1}
    assert counts(worker.take_in(ENTRIES, entries(right | {"entry_id": "new"}))) == {"added": 1}
    assert [item.amount_cents for item in desk.waiting(PRACTICE)] == [20_00]


def test_another_payment_under_the_id_of_a_parked_one_is_refused_in_one_file(
    worker: Worker,
) -> None:
    data = entries(ONLINE, OFFICE, OFFICE | {"description": "cash"})
    assert counts(worker.take_in(ENTRIES, data)) == {"added": 1, "parked": 1, "refused": 1}


def test_a_payment_that_was_posted_all_the_same_is_not_dismissed(
    worker: Worker, accounts: Accounts, desk: ParkedDesk, practice: Practice
) -> None:
    """Two workers took its line in, one of them when the online payment had just failed."""
    pay_online(accounts)
    worker.take_in(ENTRIES, entries(OFFICE))
    (item,) = desk.waiting(PRACTICE)
    Ledger(lambda: datetime(2026, 3, 3, 15, tzinfo=UTC)).post(
        practice, "p-1", [entry_of(item.content)], origin="import-2:2"
    )

    with pytest.raises(RuleError, match="in the ledger"):
        desk.dismiss(PRACTICE, item.item_id, by="Sam", note="")
    desk.release(practice, item.item_id, by="Sam", note="")

    assert list(desk.waiting(PRACTICE)) == []
    assert accounts.get(PRACTICE, "p-1").balance_cents == -20_00


def pay_online(accounts: Accounts) -> None:
    """p-1 pays as much as `OFFICE` tells of, and the gateway holds it."""
    attempt_id = "ba234567abcdefghijkl"
    begun_at = datetime(2026, 3, 3, 12, tzinfo=UTC)
    AttemptRecord(
        *keys.attempt(PRACTICE, "p-1", attempt_id),
        practice_id=PRACTICE,
        patient_id="p-1",
        attempt_id=attempt_id,
        amount_cents=20_00,
        state=AttemptState.HELD.value,
        begun_at=begun_at,
        news_at=begun_at,
    ).save()
    _set_open_attempt(accounts, attempt_id)


def end_payment(accounts: Accounts) -> None:
    """It came to nothing."""
    _set_open_attempt(accounts, None)


def _set_open_attempt(accounts: Accounts, attempt_id: str | None) -> None:
    def lock(account: AccountRecord) -> None:
        account.open_attempt = attempt_id

    accounts.change(PRACTICE, "p-1", lock)


def test_the_same_file_again_parks_nothing_more(worker: Worker, desk: ParkedDesk) -> None:
    worker.take_in(ENTRIES, PAYMENTS)
    assert counts(worker.take_in(ENTRIES, PAYMENTS)) == {"unchanged": 3}
    assert len(list(desk.waiting(PRACTICE))) == 1


def test_a_payment_that_was_in_the_ledger_first_is_no_second_telling(
    worker: Worker, desk: ParkedDesk
) -> None:
    worker.take_in(ENTRIES, entries(OFFICE))
    assert counts(worker.take_in(ENTRIES, PAYMENTS)) == {"added": 2, "unchanged": 1}
    assert list(desk.waiting(PRACTICE)) == []


def test_another_patient_s_payment_is_another_payment(worker: Worker) -> None:
    worker.take_in(ENTRIES, PAYMENTS)
    data = entries(OFFICE | {"entry_id": "other", "patient_id": "p-2"})
    assert counts(worker.take_in(ENTRIES, data)) == {"added": 1}


def test_where_a_chunk_ends_does_not_matter(
    worker: Worker, desk: ParkedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "ENTRIES_A_CHUNK", 2)
    assert counts(worker.take_in(ENTRIES, PAYMENTS)) == {"added": 2, "parked": 1}
    assert len(list(desk.waiting(PRACTICE))) == 1


def test_an_online_payment_that_is_refused_is_repeated_by_none(worker: Worker) -> None:
    data = entries(ONLINE | {"recorded_at": "2026-03-05T09:00:00-05:00"}, OFFICE)
    assert counts(worker.take_in(ENTRIES, data)) == {"added": 1, "refused": 1}


def test_a_line_that_comes_twice_is_counted_once(worker: Worker) -> None:
    data = entries({"entry_id": "owed"}, {"entry_id": "owed"}, ONLINE, ONLINE, OFFICE, OFFICE)
    assert counts(worker.take_in(ENTRIES, data)) == {"added": 2, "unchanged": 3, "parked": 1}


def test_payments_of_two_patients_under_one_id_do_not_hide_each_other(
    worker: Worker, desk: ParkedDesk
) -> None:
    other = {"patient_id": "p-2"}
    data = entries(ONLINE, OFFICE, OFFICE | other)
    assert counts(worker.take_in(ENTRIES, data)) == {"added": 2, "parked": 1}
    second = entries(ONLINE | other | {"entry_id": "second"}, OFFICE | {"entry_id": "x"} | other)
    assert counts(worker.take_in(ENTRIES, second)) == {"added": 1, "parked": 1}
    assert {item.patient_id for item in desk.waiting(PRACTICE)} == {"p-1", "p-2"}


def test_a_released_payment_tells_where_it_came_from(
    worker: Worker, desk: ParkedDesk, practice: Practice
) -> None:
    worker.take_in(ENTRIES, PAYMENTS)
    (item,) = desk.waiting(PRACTICE)
    desk.release(practice, item.item_id, by="Sam", note="")
    key = keys.entry_id(PRACTICE, "office")
    assert table.read([key])[key].origin == f"parked:{item.item_id}"


def test_a_released_payment_counts_once(
    worker: Worker, accounts: Accounts, desk: ParkedDesk, practice: Practice
) -> None:
    worker.take_in(ENTRIES, PAYMENTS)
    (item,) = desk.waiting(PRACTICE)
    for _ in range(2):
        desk.release(practice, item.item_id, by="Sam", note="two visits")
    assert accounts.get(PRACTICE, "p-1").balance_cents == 10_00
    assert counts(worker.take_in(ENTRIES, PAYMENTS)) == {"unchanged": 3}
    assert list(desk.waiting(PRACTICE)) == []
    with pytest.raises(RuleError, match="released"):
        desk.dismiss(PRACTICE, item.item_id, by="Sam", note="")


def test_a_dismissed_payment_never_counts(
    worker: Worker, accounts: Accounts, desk: ParkedDesk, practice: Practice
) -> None:
    worker.take_in(ENTRIES, PAYMENTS)
    (item,) = desk.waiting(PRACTICE)
    desk.dismiss(PRACTICE, item.item_id, by="Sam", note="the online one")
    assert counts(worker.take_in(ENTRIES, PAYMENTS)) == {"unchanged": 3}
    assert accounts.get(PRACTICE, "p-1").balance_cents == 30_00
    with pytest.raises(RuleError, match="dismissed"):
        desk.release(practice, item.item_id, by="Sam", note="")


def test_an_unknown_item_is_said_to_be_unknown(desk: ParkedDesk, practice: Practice) -> None:
    with pytest.raises(RuleError) as refused:
        desk.release(practice, "payment-0", by="Sam", note="")
    assert refused.value.code == "unknown_item"


def test_a_payment_whose_release_broke_off_is_not_dismissed(
    worker: Worker, accounts: Accounts, desk: ParkedDesk, practice: Practice
) -> None:
    """It may be in the ledger: nobody should read that it was dropped."""
    worker.take_in(ENTRIES, PAYMENTS)
    (item,) = desk.waiting(PRACTICE)
    with patch.object(desk, "_decide", side_effect=ConnectionError), pytest.raises(ConnectionError):
        desk.release(practice, item.item_id, by="Sam", note="two visits")
    with pytest.raises(RuleError) as refused:
        desk.dismiss(PRACTICE, item.item_id, by="Ana", note="")
    assert refused.value.code == "released_before"
    desk.release(practice, item.item_id, by="Ana", note="two visits")
    assert accounts.get(PRACTICE, "p-1").balance_cents == 10_00
    assert list(desk.waiting(PRACTICE)) == []


def test_a_payment_is_not_dismissed_while_it_is_released(
    worker: Worker, accounts: Accounts, desk: ParkedDesk, practice: Practice
) -> None:
    worker.take_in(ENTRIES, PAYMENTS)
    (item,) = desk.waiting(PRACTICE)
    post_many, refused = Ledger.post_many, []

    def dismissed_meanwhile(*given: Any, **named: Any) -> Any:
        with pytest.raises(RuleError) as error:
            desk.dismiss(PRACTICE, item.item_id, by="Ana", note="")
        refused.append(error.value.code)
        return post_many(*given, **named)

    with patch.object(Ledger, "post_many", dismissed_meanwhile):
        desk.release(practice, item.item_id, by="Sam", note="two visits")
    assert refused == ["released_before"]
    assert accounts.get(PRACTICE, "p-1").balance_cents == 10_00


def test_a_payment_that_was_dismissed_meanwhile_is_not_released(
    worker: Worker, accounts: Accounts, desk: ParkedDesk, practice: Practice
) -> None:
    worker.take_in(ENTRIES, PAYMENTS)
    (item,) = desk.waiting(PRACTICE)
    get = ParkedItems.get

    def read_before(self: ParkedItems, practice_id: str, item_id: str) -> ParkedRecord:
        found = get(self, practice_id, item_id)
        if not found.decided_at:
            desk_of_another.dismiss(practice_id, item_id, by="Ana", note="")
        return found

    desk_of_another = ParkedDesk(
        parked=ParkedItems(),
        accounts=accounts,
        ledger=desk._ledger,
        claims=desk._claims,
        clock=desk._clock,
    )
    reads_first = patch.object(desk._parked, "get", partial(read_before, desk._parked))
    with reads_first, pytest.raises(RuleError) as refused:
        desk.release(practice, item.item_id, by="Sam", note="two visits")
    assert refused.value.code == "decided_meanwhile"
    assert accounts.get(PRACTICE, "p-1").balance_cents == 30_00


def test_a_payment_whose_release_was_refused_can_be_dismissed(
    worker: Worker, desk: ParkedDesk, practice: Practice
) -> None:
    worker.take_in(ENTRIES, PAYMENTS)
    (item,) = desk.waiting(PRACTICE)
    entry_conflict = entries({**OFFICE, "kind": "adjustment"}, {"entry_id": "later"})
    worker.take_in(ENTRIES, entry_conflict)
    with pytest.raises(RuleError, match="another entry"):
        desk.release(practice, item.item_id, by="Sam", note="two visits")
    desk.dismiss(PRACTICE, item.item_id, by="Sam", note="it was entered by hand")
    assert list(desk.waiting(PRACTICE)) == []


def refused(entry_id: str) -> dict[str, list[Posting]]:
    posting = Posting(entry_id, PostingOutcome.REFUSED, "unknown_patient", "There is none.")
    return {"p-1": [posting]}


def test_a_refusal_does_not_end_a_release_that_another_began(
    worker: Worker, accounts: Accounts, desk: ParkedDesk, practice: Practice
) -> None:
    """Sam's release is under way while Ana's is refused; the payment is in the ledger then."""
    worker.take_in(ENTRIES, PAYMENTS)
    (item,) = desk.waiting(PRACTICE)
    post_many, under_way = Ledger.post_many, []

    def refused_meanwhile(*given: Any, **named: Any) -> Any:
        under_way.append("a release")
        if len(under_way) == 2:
            return refused("office")
        with pytest.raises(RuleError, match="There is none"):
            desk.release(practice, item.item_id, by="Ana", note="")
        return post_many(*given, **named)

    with (
        patch.object(Ledger, "post_many", refused_meanwhile),
        pytest.raises(RuleError) as lost,
    ):
        desk.release(practice, item.item_id, by="Sam", note="two visits")
    assert lost.value.code == "decided_meanwhile"
    assert accounts.get(PRACTICE, "p-1").balance_cents == 10_00
    with pytest.raises(RuleError) as not_dropped:
        desk.dismiss(PRACTICE, item.item_id, by="Ana", note="")
    assert not_dropped.value.code == "released_before"
    desk.release(practice, item.item_id, by="Ana", note="two visits")
    assert list(desk.waiting(PRACTICE)) == []


def test_whoever_began_does_not_end_what_another_goes_on_with(
    worker: Worker, accounts: Accounts, desk: ParkedDesk, practice: Practice
) -> None:
    """Sam's release is refused by what held before Ana's posted it, whose worker is killed."""
    worker.take_in(ENTRIES, PAYMENTS)
    (item,) = desk.waiting(PRACTICE)
    post_many, under_way = Ledger.post_many, []

    def posted_meanwhile(*given: Any, **named: Any) -> Any:
        under_way.append("a release")
        if len(under_way) == 2:
            return post_many(*given, **named)
        killed = patch.object(desk, "_decide", side_effect=ConnectionError)
        with killed, pytest.raises(ConnectionError):
            desk.release(practice, item.item_id, by="Ana", note="")
        return refused("office")

    with patch.object(Ledger, "post_many", posted_meanwhile), pytest.raises(RuleError):
        desk.release(practice, item.item_id, by="Sam", note="two visits")
    assert accounts.get(PRACTICE, "p-1").balance_cents == 10_00
    with pytest.raises(RuleError) as not_dropped:
        desk.dismiss(PRACTICE, item.item_id, by="Ana", note="")
    assert not_dropped.value.code == "released_before"


def test_a_release_that_never_posted_is_over_after_a_quarter_of_an_hour(
    worker: Worker, desk: ParkedDesk, practice: Practice, clock: StoppedClock
) -> None:
    """Else what the ledger refuses could be neither released nor dismissed for ever."""
    worker.take_in(ENTRIES, PAYMENTS)
    (item,) = desk.waiting(PRACTICE)
    killed = patch.object(Ledger, "post_many", side_effect=ConnectionError)
    with killed, pytest.raises(ConnectionError):
        desk.release(practice, item.item_id, by="Sam", note="")
    worker.take_in(ENTRIES, entries({**OFFICE, "kind": "adjustment"}))

    def refused_again(minutes: int) -> None:
        clock.now += timedelta(minutes=minutes)
        with pytest.raises(RuleError, match="another entry"):
            desk.release(practice, item.item_id, by="Ana", note="")

    refused_again(minutes=15)
    with pytest.raises(RuleError, match="began to release"):
        desk.dismiss(PRACTICE, item.item_id, by="Ana", note="")
    refused_again(minutes=16)
    desk.dismiss(PRACTICE, item.item_id, by="Ana", note="it was entered by hand")
    assert list(desk.waiting(PRACTICE)) == []


def test_what_was_decided_is_not_being_released(
    worker: Worker, desk: ParkedDesk, practice: Practice
) -> None:
    worker.take_in(ENTRIES, PAYMENTS)
    (item,) = desk.waiting(PRACTICE)
    desk.release(practice, item.item_id, by="Sam", note="")
    assert not ParkedItems().get(PRACTICE, item.item_id).is_being_released
