"""Webhooks of Authorize.net: whether one is genuine, and what it points at.

A webhook comes at least once and in any order. It is a hint to look a transaction up; nothing is
posted from its own words.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from balance_alerts.gateway.answers import GarbledAnswerError, decode, part, text

_ALGORITHM = "sha512="


@dataclass(frozen=True, slots=True)
class Notification:
    """One webhook: what happened to which transaction.

    `ref_id` is the reference of the charge, as far as the gateway gives it.
    """

    notification_id: str
    event_type: str
    trans_id: str
    ref_id: str | None


def is_genuine(*, body: bytes, signature: str | None, signature_key: str) -> bool:
    """Whether the `X-ANET-Signature` header is the HMAC-SHA512 of the body as it came.

    The body must be the very bytes received: written anew, `300.00` becomes `300.0`. The key counts
    as the letters it is shown as; unlike in the gateway's other signatures, its 128 hexadecimal
    digits are not turned into 64 bytes.
    """
    given = (signature or "").strip().lower()
    if not signature_key or not given.startswith(_ALGORITHM):
        return False
    expected = hmac.new(signature_key.encode(), body, hashlib.sha512).hexdigest()
    return hmac.compare_digest(
        given.removeprefix(_ALGORITHM).encode("utf-8", "replace"), expected.encode()
    )


def read_notification(body: bytes) -> Notification | None:
    """What a genuine webhook points at, None if it is about no transaction.

    Raises:
        GarbledAnswerError: it lacks what every webhook has.
    """
    content = decode(body)
    payload = part(content, "payload")
    notification_id, event_type = text(content, "notificationId"), text(content, "eventType")
    if not notification_id or not event_type:
        raise GarbledAnswerError
    if text(payload, "entityName") != "transaction" or not text(payload, "id"):
        return None
    return Notification(
        notification_id=notification_id,
        event_type=event_type,
        trans_id=text(payload, "id"),
        ref_id=text(payload, "merchantReferenceId") or None,
    )
