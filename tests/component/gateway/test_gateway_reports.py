"""Reports through our client at the stand-in gateway: lists, batches, refunds made elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from balance_alerts.gateway.authorize_net import (
    AuthorizeNet,
    CredentialsRefusedError,
    GatewayError,
    PermissionMissingError,
)
from balance_alerts.gateway.codes import ChargeState, state_of
from balance_alerts.gateway.reports import Batch
from infra.local.gateway.gateway import Gateway
from tests.component.conftest import StoppedClock
from tests.component.gateway.conftest import LOGIN, Asked, ClientOf

DAY = timedelta(days=1)


def charged(client: AuthorizeNet, asked: Asked, attempt_id: str = "ba1", cents: int = 5_00) -> str:
    trans_id = client.charge(asked(attempt_id, cents)).trans_id
    assert trans_id
    return trans_id


def test_credentials_are_checked(client: AuthorizeNet, client_of: ClientOf) -> None:
    client.authenticate_test()
    for refused in (client_of("wrong"), client_of("")):
        with pytest.raises(CredentialsRefusedError):
            refused.authenticate_test()


def test_a_merchants_settings_hold_the_key_for_the_card_form(client: AuthorizeNet) -> None:
    found = client.merchant_details()
    assert (found.test_mode, found.currencies, len(found.public_client_key)) == (
        False, ("USD",), 64,
    )  # fmt: skip


def test_nothing_is_an_empty_list(client: AuthorizeNet, clock: StoppedClock) -> None:
    assert client.unsettled() == []
    assert client.settled_batches(clock.now - DAY, clock.now) == []


def test_reporting_that_is_not_enabled_is_told_apart(
    gateway: Gateway, client: AuthorizeNet
) -> None:
    gateway.reporting_enabled = False
    client.authenticate_test()
    with pytest.raises(PermissionMissingError):
        client.unsettled()


def test_the_unsettled_list_holds_declined_ones_too(
    gateway: Gateway, client: AuthorizeNet, asked: Asked, clock: StoppedClock
) -> None:
    charged(client, asked, "ba1")
    gateway.set_mode("decline")
    client.charge(asked("ba2", 7_00))
    newest, oldest = client.unsettled()
    assert (oldest.invoice_number, oldest.state) == ("ba1", ChargeState.TAKEN)
    assert (newest.invoice_number, newest.state) == ("ba2", ChargeState.NOT_TAKEN)
    assert (newest.amount_cents, newest.submitted_at) == (7_00, clock.now)


def test_a_long_list_is_read_to_its_end(gateway: Gateway, client: AuthorizeNet) -> None:
    made = {gateway.desk.charge(LOGIN, 1_00) for _ in range(2_001)}
    found = client.unsettled()
    assert len(found) == 2_001
    assert {line.trans_id for line in found} == made


def test_a_list_that_ends_with_a_full_page_is_read_to_its_end(
    gateway: Gateway, client: AuthorizeNet
) -> None:
    for _ in range(1_000):
        gateway.desk.charge(LOGIN, 1_00)
    assert len(client.unsettled()) == 1_000


def test_merchants_see_their_own_only(
    gateway: Gateway, client: AuthorizeNet, client_of: ClientOf, asked: Asked, clock: StoppedClock
) -> None:
    trans_id = charged(client, asked)
    other = client_of("other")
    assert other.unsettled() == []
    assert other.transaction(trans_id) is None
    (batch,) = gateway.settle()
    assert other.settled_batches(clock.now - DAY, clock.now) == []
    with pytest.raises(GatewayError):
        other.batch_transactions(batch.batch_id)


def test_settling_moves_everything_but_what_is_held(
    gateway: Gateway, client: AuthorizeNet, asked: Asked, clock: StoppedClock
) -> None:
    first = charged(client, asked, "ba1", 5_00)
    charged(client, asked, "ba2", 7_50)
    gateway.set_mode("hold")
    held = charged(client, asked, "ba3", 9_00)
    clock.now += DAY
    gateway.settle()
    assert [line.trans_id for line in client.unsettled()] == [held]
    (batch,) = client.settled_batches(clock.now - DAY, clock.now)
    assert batch == Batch(
        batch_id=batch.batch_id,
        settled_at=clock.now,
        state="settledSuccessfully",
        charge_count=2,
        charge_cents=12_50,
        refund_count=0,
        refund_cents=0,
    )
    lines = client.batch_transactions(batch.batch_id)
    assert {line.invoice_number: line.status for line in lines} == {
        "ba1": "settledSuccessfully",
        "ba2": "settledSuccessfully",
    }
    details = client.transaction(first)
    assert details is not None
    assert (details.batch_id, details.settled_at) == (batch.batch_id, clock.now)


def test_batches_of_any_span_are_asked_for_a_month_at_a_time(
    gateway: Gateway, client: AuthorizeNet, asked: Asked, clock: StoppedClock
) -> None:
    start = clock.now
    for number in range(4):
        charged(client, asked, f"ba{number}")
        gateway.settle()
        clock.now += timedelta(days=30)
    assert len(client.settled_batches(start, clock.now)) == 4
    assert len(client.settled_batches(start, start)) == 1
    assert len(client.settled_batches(start + DAY, start + 31 * DAY)) == 1
    assert client.settled_batches(clock.now, start) == []


def test_a_transaction_in_full(client: AuthorizeNet, asked: Asked, clock: StoppedClock) -> None:
    trans_id = charged(client, asked, "ba1", 1234_50)
    found = client.transaction(trans_id)
    assert found is not None
    assert (found.ref_id, found.invoice_number, found.kind) == (
        "ba1", "ba1", "authCaptureTransaction",
    )  # fmt: skip
    assert {found.requested_cents, found.authorised_cents, found.settled_cents} == {1234_50}
    assert (found.card_type, found.last_four, found.submitted_at) == ("Visa", "1111", clock.now)
    assert (found.ref_trans_id, found.batch_id, found.is_refund) == (None, None, False)
    assert client.transaction("1") is None


def test_held_charges_are_released_or_refused(
    gateway: Gateway, client: AuthorizeNet, asked: Asked
) -> None:
    gateway.set_mode("hold")
    released, refused = charged(client, asked, "ba1"), charged(client, asked, "ba2")
    assert {line.state for line in client.unsettled()} == {ChargeState.HELD}
    gateway.desk.release(released)
    gateway.desk.refuse(refused)
    assert {line.trans_id: line.state for line in client.unsettled()} == {
        released: ChargeState.TAKEN,
        refused: ChargeState.NOT_TAKEN,
    }


def test_voids_and_refunds_made_elsewhere_are_reported(
    gateway: Gateway, client: AuthorizeNet, asked: Asked, clock: StoppedClock
) -> None:
    voided, settled = charged(client, asked, "ba1"), charged(client, asked, "ba2", 20_00)
    gateway.desk.void(voided)
    gateway.settle()
    refund_id = gateway.desk.refund(settled, 8_00)
    refund = client.transaction(refund_id)
    assert refund is not None
    assert (refund.is_refund, refund.ref_trans_id, refund.settled_cents) == (True, settled, 8_00)
    assert (refund.invoice_number, refund.ref_id) == ("ba2", None)
    void = client.transaction(voided)
    assert void is not None
    assert void.state is ChargeState.VOIDED
    clock.now += DAY
    gateway.settle()
    batches = client.settled_batches(clock.now - DAY, clock.now)
    assert [(batch.charge_cents, batch.refund_cents) for batch in batches] == [(20_00, 0), (0, 800)]


def test_the_gateway_refuses_what_cannot_be_undone(
    gateway: Gateway, client: AuthorizeNet, asked: Asked
) -> None:
    trans_id = charged(client, asked, cents=10_00)
    with pytest.raises(ValueError, match="settledSuccessfully"):
        gateway.desk.refund(trans_id)
    gateway.settle()
    with pytest.raises(ValueError, match="capturedPendingSettlement"):
        gateway.desk.void(trans_id)
    gateway.desk.refund(trans_id, 6_00)
    with pytest.raises(ValueError, match="no more than"):
        gateway.desk.refund(trans_id, 4_01)
    gateway.desk.refund(trans_id)
    with pytest.raises(ValueError, match="no more than"):
        gateway.desk.refund(trans_id)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("capturedPendingSettlement", ChargeState.TAKEN),
        ("settledSuccessfully", ChargeState.TAKEN),
        ("FDSPendingReview", ChargeState.HELD),
        ("FDSAuthorizedPendingReview", ChargeState.HELD),
        ("underReview", ChargeState.HELD),
        ("communicationError", ChargeState.NOT_TAKEN),
        ("declined", ChargeState.NOT_TAKEN),
        ("expired", ChargeState.NOT_TAKEN),
        ("generalError", ChargeState.NOT_TAKEN),
        ("failedReview", ChargeState.NOT_TAKEN),
        ("voided", ChargeState.VOIDED),
        ("authorizedPendingCapture", ChargeState.UNDECIDED),
        ("approvedReview", ChargeState.UNDECIDED),
        ("couldNotVoid", ChargeState.UNDECIDED),
        ("settlementError", ChargeState.NOT_SETTLED),
        ("returnedItem", ChargeState.NOT_SETTLED),
        ("chargeback", ChargeState.CHARGED_BACK),
        ("chargebackReversal", ChargeState.WON_BACK),
        ("somethingNew", ChargeState.UNDECIDED),
    ],
)
def test_a_status_says_where_the_money_is(status: str, state: ChargeState) -> None:
    assert state_of(status) is state
