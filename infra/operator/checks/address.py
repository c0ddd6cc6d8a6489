"""PublicUrl: whether what patients tap leads to this stack."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable, Iterator
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from balance_alerts.access.links import CODE_LENGTH, new_token
from infra.operator.checks.finding import Finding, attention, broken, ok, unchecked

if TYPE_CHECKING:
    from infra.operator.stack import Stack

_SECONDS = 10
_OUR_POLICY = "report-uri /csp-reports"
_NO_CODE = "0" * CODE_LENGTH
_POINT_IT = "point the domain to the output PublicDomainTarget, or deploy with HostedZoneId"

Connect = Callable[[str], http.client.HTTPConnection]


def public_url(stack: Stack) -> Iterator[Finding]:
    """Whether the address in links is ours and answers as we do."""
    if stack.is_local:
        yield unchecked("the local stack answers at an address of its own")
        return
    practice = next(iter(stack.wiring.practices.sending()), None)
    code, name = (_NO_CODE, None) if practice is None else (practice.code, practice.display_name)
    yield answered(stack.output("PublicUrl"), code, name)


def answered(url: str, code: str, name: str | None, connect: Connect | None = None) -> Finding:
    """What answers at an address to a link of a practice of this code and name, if there is one.

    The link leads nowhere, and opening one changes nothing.
    """
    address = urlsplit(url)
    if address.scheme != "https":
        return broken(f"{url} is not encrypted", "deploy with a PublicUrl of https://")
    if (address.hostname or "").endswith(".amazonaws.com"):
        return attention(
            f"{url} is an address of AWS, which patients have no reason to trust",
            "deploy with a domain of your own as PublicUrl",
        )
    try:
        status, policy, page = _page(connect or _encrypted, address.netloc, code)
    except socket.gaierror:
        return broken(f"{address.hostname} is not in DNS", _POINT_IT)
    except ssl.SSLError as error:
        reason = getattr(error, "verify_message", None) or type(error).__name__
        return broken(f"{url} has no good certificate ({reason})", "deploy with another")
    except (OSError, http.client.HTTPException) as error:
        return broken(f"nothing answers at {url} ({type(error).__name__})", _POINT_IT)
    if _OUR_POLICY not in policy:
        return broken(f"something else answers at {url} (status {status})", _POINT_IT)
    if name is not None and escape(name) not in page:
        return broken(f"another stack answers at {url}", _POINT_IT)
    return ok(f"{url} leads to this stack" if name else f"{url} answers as ours")


def _encrypted(netloc: str) -> http.client.HTTPConnection:
    return http.client.HTTPSConnection(netloc, timeout=_SECONDS)


def _page(connect: Connect, netloc: str, code: str) -> tuple[int, str, str]:
    """Status, content security policy and text of the page behind a link."""
    connection = connect(netloc)
    try:
        connection.request("GET", f"/a/{new_token(code)}")
        answer = connection.getresponse()
        policy = answer.headers.get("Content-Security-Policy", "")
        return answer.status, policy, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()
