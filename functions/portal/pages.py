"""The portal's pages and the files they are made of, as they lie in `web/`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

from balance_alerts.domain.practice import Practice

WEB = Path(__file__).with_name("web")
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".png": "image/png",
}
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "public, no-cache"
_DIALLED = frozenset("+0123456789")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file: what it is, what is in it, and a tag that changes with that."""

    kind: str
    content: bytes
    tag: str


class Pages:
    """Serves the pages of the portal.

    Args:
        card_form_origins: where the hosted card form's script and frame come from, separated by
            spaces.
    """

    def __init__(self, card_form_origins: str, web: Path = WEB) -> None:
        self._templates = {
            path.name: Template(path.read_text("utf-8")) for path in web.glob("*.html")
        }
        self._assets = {
            path.relative_to(web).as_posix(): _asset(path)
            for path in sorted(web.rglob("*"))
            if path.is_file() and path.suffix in _KINDS
        }
        tags = "".join(f"{name} {asset.tag}\n" for name, asset in self._assets.items())
        self._version = _digest(tags.encode())
        self.headers: Mapping[str, str] = {
            "Content-Security-Policy": content_security_policy(card_form_origins),
            "Reporting-Endpoints": 'csp="/csp-reports"',
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            "Cross-Origin-Opener-Policy": "same-origin",
            "X-Robots-Tag": "noindex, nofollow",
        }

    def page(self, name: str, practice: Practice | None = None) -> str:
        """A page; of the practice only what its door shows, escaped."""
        shown = {"assets": f"/assets/{self._version}", "language": "en"}
        if practice is not None:
            shown |= {
                "display_name": practice.display_name,
                "phone": practice.phone,
                "phone_link": phone_link(practice.phone),
                "hours": practice.hours,
            }
        safe = {key: escape(value) for key, value in shown.items()}
        return self._templates[name].substitute(safe)

    def asset(self, path: str) -> tuple[Asset, str] | None:
        """The file at a path below `/assets/`, and how long it may be kept.

        Pages name files below the version of all of them together, so that what they import is of
        the same version and may be kept for ever. Below any other version the file is as it is
        now, for a page that was opened before a deployment.
        """
        version, _, name = path.partition("/")
        asset = self._assets.get(name)
        if asset is None:
            return None
        return asset, _FOR_EVER if version == self._version else _ASK_AGAIN


def content_security_policy(card_form_origins: str) -> str:
    """What the page may load: its own files and the hosted card form, nothing inline."""
    card_form = f" {card_form_origins}" if card_form_origins else ""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self'{card_form}",
            f"style-src 'self'{card_form}",
            "img-src 'self' data:",
            "font-src 'self'",
            f"connect-src 'self'{card_form}",
            f"frame-src{card_form}" if card_form else "frame-src 'none'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "report-uri /csp-reports",
            "report-to csp",
        )
    )


def phone_link(phone: str) -> str:
    """What a tap dials: the phone's digits, those of an extension left for the caller."""
    number, *_ = phone.lower().split("x")
    number, *_ = number.split("ext")
    return "tel:" + "".join(each for each in number if each in _DIALLED)


def _asset(path: Path) -> Asset:
    content = path.read_bytes()
    return Asset(_KINDS[path.suffix], content, _digest(content))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
