"""A practice's connection to its merchant account: checked, replaced, suspended, given up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from balance_alerts.domain.attempt import AttemptState
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import Practice
from balance_alerts.store.connected_practices import ConnectedPractices
from balance_alerts.store.practices import Practices
from infra.local.gateway import gateway as gateway_module
from infra.local.gateway.modes import GatewayMode
from tests.stack.paying import Till
from tests.stack.reconciling import BackOffice


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(RuleError) as refused:
        act()
    return refused.value.code


def stored(till: Till) -> Practice:
    return till.clinic.stack.wiring.practices.get(till.clinic.practice.practice_id)


def secrets(till: Till) -> list[str]:
    """The names of what is kept for the clinic."""
    pages = till.clinic.stack.client("secretsmanager").get_paginator("list_secrets").paginate()
    prefix = f"tests/{till.clinic.practice.practice_id}/"
    return [
        secret["Name"]
        for page in pages
        for secret in page["SecretList"]
        if secret["Name"].startswith(prefix) and "DeletedDate" not in secret
    ]


def test_a_connection_shows_what_the_card_form_needs_and_hides_the_rest(till: Till) -> None:
    connection = stored(till).gateway
    assert connection is not None
    practice_id = till.clinic.practice.practice_id
    assert connection.api_login_id == practice_id
    assert connection.client_key == gateway_module.client_key(practice_id)
    assert connection.has_signature_key
    assert "a key" not in repr(stored(till))
    assert secrets(till) == [f"tests/{practice_id}/{connection.connection_id}"]
    assert practice_id in ConnectedPractices().all()


@pytest.mark.parametrize(
    ("set_up", "code"),
    [
        (lambda gateway: None, "gateway_credentials_refused"),
        (lambda gateway: setattr(gateway, "reporting_enabled", False), "gateway_reporting_off"),
        (lambda gateway: gateway.set_mode(GatewayMode.DOWN), "gateway_unreachable"),
    ],
    ids=["wrong", "reporting off", "down"],
)
def test_what_the_gateway_refuses_changes_nothing(
    till: Till, set_up: Callable[[Any], None], code: str
) -> None:
    before, kept = stored(till), secrets(till)
    set_up(till.gateway)
    login = "wrong" if code == "gateway_credentials_refused" else "another"
    assert refusal(lambda: till.connect(login)) == code
    assert (stored(till), secrets(till)) == (before, kept)


@pytest.mark.parametrize(
    ("answer", "code"),
    [({"isTestMode": True}, "gateway_test_mode"), ({"currencies": ["CAD"]}, "gateway_currency")],
)
def test_an_account_that_would_take_no_dollars_is_refused(
    till: Till, monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any], code: str
) -> None:
    real = gateway_module._merchant
    monkeypatch.setattr(gateway_module, "_merchant", lambda login: {**real(login), **answer})
    before = stored(till)
    assert refusal(lambda: till.connect("another")) == code
    assert stored(till) == before


@pytest.mark.parametrize("change", [lambda till: till.connect("another"), Till.disconnect])
def test_while_a_payment_is_open_the_connection_stays(
    till: Till, change: Callable[[Till], None]
) -> None:
    till.clinic.patients(2)
    till.gateway.set_mode("hold")
    held = till.pay("p-1").attempt
    before, kept = stored(till).gateway, secrets(till)
    assert refusal(lambda: change(till)) == "payment_open"
    assert (stored(till).gateway, secrets(till)) == (before, kept)
    till.gateway.set_mode("approve")
    assert till.pay("p-2").state is AttemptState.APPROVED, "others go on paying"
    assert held.trans_id
    till.gateway.desk.refuse(held.trans_id)
    till.reconcile()
    change(till)
    assert stored(till).gateway != before


def test_a_new_key_of_an_account_whose_key_is_refused_may_come_while_a_payment_is_open(
    till: Till,
) -> None:
    """It is what brings the end of an attempt whose look-ups the gateway refuses."""
    till.clinic.patient("p-1")
    till.gateway.set_mode("garbled")
    till.pay("p-1")
    assert refusal(till.connect) == "payment_open", "the key is good"
    till.connections.suspend(stored(till))
    before = stored(till).gateway
    till.connect()
    after = stored(till).gateway
    assert before is not None
    assert after is not None
    assert (before.api_login_id, before.connection_id != after.connection_id) == (
        after.api_login_id,
        True,
    )
    assert BackOffice(till).run().payments == 1
    assert (till.balance("p-1"), till.locked("p-1")) == (0, False)


def test_payments_at_a_former_merchant_account_are_not_judged_by_the_books_of_the_next(
    till: Till,
) -> None:
    office, login = BackOffice(till), till.clinic.practice.practice_id
    till.clinic.patient("p-1")
    trans_id = office.paid("p-1")
    till.connect("another")
    office.pass_time(days=12)
    report = office.run()
    assert (report.failures, report.orphans, office.orphans()) == (0, 0, {})
    assert office.awaited() == [trans_id]
    till.gateway.settle()
    till.connect(login)
    office.run()
    assert (office.awaited(), office.orphans()) == ([], {})


def test_a_practice_that_is_connected_again_at_once_stays_on_the_list(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_gateway = Practices.save_gateway

    def connect_after(*args: Any, **kwargs: Any) -> Practice:
        saved = save_gateway(*args, **kwargs)
        if saved.gateway is None:
            monkeypatch.undo()
            till.connect()
        return saved

    monkeypatch.setattr(Practices, "save_gateway", connect_after)
    till.connections.disconnect(till.clinic.practice.practice_id)
    assert stored(till).takes_cards
    assert till.clinic.practice.practice_id in ConnectedPractices().all()


def test_a_page_that_was_opened_before_the_change_charges_nobody(till: Till) -> None:
    till.clinic.patient("p-1")
    before = till.clinic.practice
    till.connect("another")
    after = till.clinic.practice
    till.clinic.practice = before
    assert refusal(lambda: till.pay("p-1")) == "online_payments_unavailable"
    assert (till.attempts("p-1"), till.gateway.charges()) == ([], [])
    till.clinic.practice = after
    assert till.pay("p-1").state is AttemptState.APPROVED
    assert len(secrets(till)) == 1, "the former secret is given up"


def test_without_a_connection_the_practice_is_on_no_list(till: Till) -> None:
    till.disconnect()
    assert stored(till).gateway is None
    assert secrets(till) == []
    assert till.clinic.practice.practice_id not in ConnectedPractices().all()
    till.disconnect()


def test_credentials_that_the_gateway_no_longer_takes_end_payments_until_it_does(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.clinic.patient("p-1")
    with monkeypatch.context() as refusing:
        refusing.setattr(gateway_module, "REFUSED_LOGIN", till.clinic.practice.practice_id)
        refused = till.pay("p-1")
        assert (refused.state, refused.attempt.detail) == (AttemptState.FAILED, "credentials")
        assert not stored(till).takes_cards
        assert refusal(lambda: till.pay("p-1")) == "online_payments_unavailable"
        assert not till.connections.check_suspended(stored(till))
    assert till.connections.check_suspended(stored(till))
    assert stored(till).takes_cards
    assert till.pay("p-1").state is AttemptState.APPROVED


def test_credentials_that_cannot_be_read_charge_nobody(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.clinic.patient("p-1")
    practice_id = till.clinic.practice.practice_id
    connection = stored(till).gateway
    assert connection is not None
    till.clinic.stack.client("secretsmanager").delete_secret(
        SecretId=f"tests/{practice_id}/{connection.connection_id}", ForceDeleteWithoutRecovery=True
    )
    failed = till.pay("p-1")
    assert (failed.state, failed.attempt.detail) == (AttemptState.FAILED, "credentials_unread")
    assert till.gateway.charges() == []
    assert not till.locked("p-1")
