"""Charges through our client at the stand-in gateway: every mode, every trap."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from balance_alerts.gateway.authorize_net import AuthorizeNet, GatewayError
from balance_alerts.gateway.codes import ChargeOutcome
from infra.local.gateway.cards import CardFormError
from infra.local.gateway.gateway import Gateway
from infra.local.gateway.modes import GatewayMode
from tests.component.conftest import StoppedClock
from tests.component.gateway.conftest import Asked, ClientOf

APPROVED, DECLINED, FAILED, HELD, UNKNOWN, UNAVAILABLE = ChargeOutcome


def statuses(gateway: Gateway) -> list[str]:
    return [charge["status"] for charge in gateway.charges()]


def test_an_approved_charge(gateway: Gateway, client: AuthorizeNet, asked: Asked) -> None:
    answer = client.charge(asked("ba1", 12_34))
    assert (answer.outcome, answer.card_type, answer.last_four) == (APPROVED, "Visa", "1111")
    assert answer.auth_code
    assert gateway.charges() == [
        {
            "trans_id": answer.trans_id,
            "invoice_number": "ba1",
            "amount_cents": 12_34,
            "status": "capturedPendingSettlement",
        }
    ]


@pytest.mark.parametrize(
    ("mode", "outcome", "detail", "made"),
    [
        (GatewayMode.APPROVE, APPROVED, "", ["capturedPendingSettlement"]),
        (GatewayMode.DECLINE, DECLINED, "declined", ["declined"]),
        (GatewayMode.HOLD, HELD, "held_for_review", ["FDSPendingReview"]),
        (GatewayMode.DUPLICATE, UNKNOWN, "duplicate", []),
        (GatewayMode.TIMEOUT_BEFORE_CHARGE, UNKNOWN, "timeout", []),
        (GatewayMode.TIMEOUT_AFTER_CHARGE, UNKNOWN, "timeout", ["capturedPendingSettlement"]),
        (GatewayMode.GARBLED, UNKNOWN, "cut_off", ["capturedPendingSettlement"]),
        (GatewayMode.DOWN, UNAVAILABLE, "not_connected", []),
    ],
)
def test_each_mode_is_told_for_what_it_is(
    gateway: Gateway,
    impatient: AuthorizeNet,
    asked: Asked,
    *,
    mode: GatewayMode,
    outcome: ChargeOutcome,
    detail: str,
    made: list[str],
) -> None:
    gateway.set_mode(mode)
    answer = impatient.charge(asked())
    assert (answer.outcome, answer.detail) == (outcome, detail)
    assert statuses(gateway) == made
    gateway.set_mode("approve")
    listed = impatient.unsettled()
    assert [line.status for line in listed] == made
    assert {line.invoice_number for line in listed} <= {"ba1"}


@pytest.mark.parametrize("mode", [m for m in GatewayMode if m is not GatewayMode.DOWN])
def test_look_ups_work_whatever_charges_meet(
    gateway: Gateway, client: AuthorizeNet, mode: GatewayMode
) -> None:
    gateway.set_mode(mode)
    assert client.unsettled() == []
    client.authenticate_test()


def test_a_gateway_that_is_down_comes_back_on_the_same_port(
    gateway: Gateway, client: AuthorizeNet, asked: Asked
) -> None:
    charge = asked()
    for _ in range(3):
        gateway.set_mode("down")
        gateway.set_mode("down")
        assert client.charge(charge).outcome is UNAVAILABLE
        with pytest.raises(GatewayError):
            client.unsettled()
        gateway.set_mode("approve")
        client.authenticate_test()
    assert client.charge(charge).outcome is APPROVED


def test_a_token_pays_once(gateway: Gateway, client: AuthorizeNet, asked: Asked) -> None:
    charge = asked()
    assert client.charge(charge).outcome is APPROVED
    again = client.charge(charge)
    assert (again.outcome, again.detail, again.reason_code) == (FAILED, "card_token_used", "E00114")
    assert len(gateway.charges()) == 1


def test_a_token_sent_from_many_sides_at_once_pays_once(
    gateway: Gateway, client: AuthorizeNet, asked: Asked
) -> None:
    charge = asked()
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda _: client.charge(charge).outcome, range(16)))
    assert sorted(outcomes) == [APPROVED] + [FAILED] * 15
    assert len(gateway.charges()) == 1


@pytest.mark.parametrize(("minutes", "outcome"), [(15, APPROVED), (16, FAILED)])
def test_a_token_lives_for_fifteen_minutes(
    client: AuthorizeNet,
    asked: Asked,
    clock: StoppedClock,
    *,
    minutes: int,
    outcome: ChargeOutcome,
) -> None:
    charge = asked()
    clock.now += timedelta(minutes=minutes)
    assert client.charge(charge).outcome is outcome


def test_what_was_never_a_token_is_refused(client: AuthorizeNet, asked: Asked) -> None:
    assert client.charge(asked(data_value="eyJ")).reason_code == "E00113"
    assert client.charge(asked(data_descriptor="COMMON.APPLE")).reason_code == "E00113"


def test_another_merchants_token_is_refused(
    gateway: Gateway, client: AuthorizeNet, asked: Asked
) -> None:
    token = gateway.card_token(merchant="somebody-else")
    answer = client.charge(asked(data_value=token.data_value))
    assert (answer.outcome, answer.detail) == (FAILED, "card_token_of_other_merchant")


@pytest.mark.parametrize(
    ("zips", "outcome"),
    [({"card_zip": "46282"}, DECLINED), ({"card_zip": "46205"}, APPROVED), ({}, APPROVED)],
    ids=["declined", "address mismatch", "none"],
)
def test_the_sandboxs_zip_code_is_declined(
    gateway: Gateway, client: AuthorizeNet, asked: Asked, zips: dict[str, str], outcome: object
) -> None:
    answer = client.charge(asked(**zips))
    assert answer.outcome is outcome
    assert answer.trans_id == gateway.charges()[0]["trans_id"]


def test_a_repetition_by_a_fresh_token_is_a_duplicate_for_eight_hours(
    gateway: Gateway, client: AuthorizeNet, asked: Asked, clock: StoppedClock
) -> None:
    assert client.charge(asked()).outcome is APPROVED
    clock.now += timedelta(hours=7, minutes=59)
    assert client.charge(asked()).detail == "duplicate"
    clock.now += timedelta(minutes=1)
    assert client.charge(asked()).outcome is APPROVED
    assert len(gateway.charges()) == 2


def test_the_window_covers_a_declined_original_too(client: AuthorizeNet, asked: Asked) -> None:
    assert client.charge(asked(card_zip="46282")).outcome is DECLINED
    assert client.charge(asked()).detail == "duplicate"
    assert client.charge(asked("ba2")).outcome is APPROVED


@pytest.mark.parametrize(
    "change",
    [
        {"attempt_id": "ba2"},
        {"cents": 12_35},
        {"card_number": "5424000000000015"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_any_difference_makes_it_another_charge(
    client: AuthorizeNet, asked: Asked, change: dict[str, object]
) -> None:
    assert client.charge(asked()).outcome is APPROVED
    assert client.charge(asked(**change)).outcome is APPROVED


def test_a_charge_that_nobody_answered_is_found_by_its_attempt(
    gateway: Gateway, impatient: AuthorizeNet, client: AuthorizeNet, asked: Asked
) -> None:
    gateway.set_mode("timeout_after_charge")
    assert impatient.charge(asked("ba7", 99_00)).outcome is UNKNOWN
    (found,) = client.unsettled()
    assert (found.invoice_number, found.amount_cents) == ("ba7", 99_00)
    details = client.transaction(found.trans_id)
    assert details is not None
    assert (details.ref_id, details.requested_cents) == ("ba7", 99_00)


def test_a_hanging_charge_holds_up_nobody_else(
    gateway: Gateway, impatient: AuthorizeNet, client: AuthorizeNet, asked: Asked
) -> None:
    gateway.set_mode("timeout_after_charge")
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(impatient.charge, asked("ba1"))
        deadline = time.monotonic() + 5
        while not gateway.charges() and time.monotonic() < deadline:
            time.sleep(0.01)
        gateway.set_mode("approve")
        assert client.charge(asked("ba2")).outcome is APPROVED
        assert hanging.result().outcome is UNKNOWN


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("4007000000027", "Visa"),
        ("4012888818888", "Visa"),
        ("4111 1111 1111 1111", "Visa"),
        ("5424-0000-0000-0015", "MasterCard"),
        ("370000000000002", "AmericanExpress"),
        ("6011000000000012", "Discover"),
    ],
)
def test_the_sandboxs_cards_are_good(
    client: AuthorizeNet, asked: Asked, number: str, kind: str
) -> None:
    assert client.charge(asked(card_number=number)).card_type == kind


@pytest.mark.parametrize("number", ["", "4111111111111112", "1234", "4111x", "9" * 16])
def test_the_form_takes_no_other(gateway: Gateway, number: str) -> None:
    with pytest.raises(CardFormError) as refused:
        gateway.card_token(number)
    assert refused.value.code == "E_WC_05"


def test_wrong_credentials_charge_nothing(
    gateway: Gateway, client_of: ClientOf, asked: Asked
) -> None:
    answer = client_of("wrong").charge(asked())
    assert (answer.outcome, answer.detail, answer.reason_code) == (FAILED, "credentials", "E00007")
    assert gateway.charges() == []
