"""The files that pages are made of, each below the version of all of them together."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from balance_alerts.domain.errors import RuleError
from balance_alerts.http_api.exchange import Answer

SHARED = Path(__file__).with_name("web")
"""What the pages of patients and of staff share; each serves it beside its own files."""

_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".png": "image/png",
}
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "public, no-cache"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file: what it is, what is in it, and a tag that changes with that."""

    kind: str
    content: bytes
    tag: str


class Assets:
    """The files of some folders, by their path below them."""

    def __init__(self, *folders: Path) -> None:
        self._assets = {
            path.relative_to(folder).as_posix(): _asset(path)
            for folder in folders
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in _KINDS
        }
        tags = "".join(f"{name} {asset.tag}\n" for name, asset in self._assets.items())
        self.version = _digest(tags.encode())
        """Changes with any of the files."""

    def find(self, path: str) -> tuple[Asset, str] | None:
        """The file at a path that begins with a version, and how long it may be kept.

        Pages name files below the version of all of them together, so that what they import is of
        the same version and may be kept for ever. Below any other version the file is as it is
        now, for a page that was opened before a deployment.
        """
        version, _, name = path.partition("/")
        asset = self._assets.get(name)
        if asset is None:
            return None
        return asset, _FOR_EVER if version == self.version else _ASK_AGAIN

    def answer(self, path: str, headers: Mapping[str, str]) -> Answer:
        """The answer to a request for a file, with its headers.

        Raises:
            RuleError: `not_found`.
        """
        found = self.find(path)
        if found is None:
            raise RuleError("not_found", "There is nothing at this address.")
        asset, keeping = found
        told = {"Cache-Control": keeping, "ETag": f'"{asset.tag}"'}
        if told["ETag"] in headers.get("if-none-match", ""):
            return Answer(status=304, headers=told)
        return Answer(content=asset.content, kind=asset.kind, headers=told)


def _asset(path: Path) -> Asset:
    content = path.read_bytes()
    return Asset(_KINDS[path.suffix], content, _digest(content))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
