"""Which webhooks are genuine, and what they point at."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from balance_alerts.gateway.answers import GarbledAnswerError
from balance_alerts.gateway.webhook_signature import (
    Notification,
    is_genuine,
    read_notification,
)

KEY = "0123456789ABCDEF" * 8
BODY = (
    b'{"notificationId":"n-1","eventType":"net.authorize.payment.authcapture.created",'
    b'"payload":{"responseCode":1,"authAmount":300.00,"merchantReferenceId":"ba1",'
    b'"entityName":"transaction","id":"600"}}'
)


def digest(key: bytes, body: bytes = BODY) -> str:
    return hmac.new(key, body, hashlib.sha512).hexdigest()


GOOD = digest(KEY.encode())


@pytest.mark.parametrize(
    ("signature", "genuine"),
    [
        pytest.param(f"sha512={GOOD.upper()}", True, id="upper case, as the gateway writes it"),
        pytest.param(f"sha512={GOOD}", True, id="lower case"),
        pytest.param(f"SHA512={GOOD}", True, id="the algorithm in upper case"),
        pytest.param(f" sha512={GOOD} ", True, id="blanks around it"),
        pytest.param(f"sha512={digest(bytes.fromhex(KEY))}", False, id="the key decoded from hex"),
        pytest.param(f"sha512={digest(KEY.lower().encode())}", False, id="the key in lower case"),
        pytest.param(f"sha512={GOOD[:-1]}", False, id="a digit too few"),
        pytest.param(f"sha256={GOOD}", False, id="another algorithm"),
        pytest.param(GOOD, False, id="no algorithm"),
        pytest.param("sha512=", False, id="no digest"),
        pytest.param("sha512=é", False, id="not ASCII"),
        pytest.param("", False, id="empty"),
        pytest.param(None, False, id="missing"),
    ],
)
def test_a_signature_is_that_of_the_bytes_under_the_key_as_text(
    signature: str | None, genuine: bool
) -> None:
    assert is_genuine(body=BODY, signature=signature, signature_key=KEY) is genuine


def test_a_body_written_anew_is_not_genuine() -> None:
    rewritten = BODY.replace(b"300.00", b"300.0")
    assert not is_genuine(body=rewritten, signature=f"sha512={GOOD}", signature_key=KEY)


def test_without_a_key_nothing_is_genuine() -> None:
    unsigned = f"sha512={digest(b'')}"
    assert not is_genuine(body=BODY, signature=unsigned, signature_key="")


def test_a_notification_points_at_a_transaction() -> None:
    assert read_notification(BODY) == Notification(
        "n-1", "net.authorize.payment.authcapture.created", "600", "ba1"
    )


def test_a_notification_about_a_customer_points_at_none() -> None:
    body = BODY.replace(b'"transaction"', b'"customerProfile"')
    assert read_notification(body) is None


@pytest.mark.parametrize("body", [b"", b"{}", b'{"eventType": "x"}', b"[]"])
def test_what_is_no_notification_is_refused(body: bytes) -> None:
    with pytest.raises(GarbledAnswerError):
        read_notification(body)
