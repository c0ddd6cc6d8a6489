"""The console's pages: what staff open in a browser. They hold nothing; the API does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from string import Template

from balance_alerts.http_api.exchange import HTML, Answer, Request
from balance_alerts.http_api.operation import Operation
from balance_alerts.pages.assets import SHARED, Assets
from balance_alerts.pages.policy import content_security_policy, page_headers

WEB = Path(__file__).with_name("web")
ADDRESS = "/console/"
_ASSETS = "assets/"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleConfig:
    """Where staff sign in, and as what the console introduces itself there."""

    sign_in_url: str
    client_id: str


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="show_console",
        method="GET",
        path=ADDRESS,
        summary="The staff console's page; the same for everyone",
        answers={200: HTML},
    ),
    Operation(
        name="show_console_as_typed",
        method="GET",
        path=ADDRESS.rstrip("/"),
        summary="The same page, at its address as people type it",
        answers={200: HTML},
    ),
    Operation(
        name="show_console_config",
        method="GET",
        path=f"{ADDRESS}config.json",
        summary="Where staff sign in",
        answers={200: ConsoleConfig},
    ),
    Operation(
        name="show_console_file",
        method="GET",
        path=f"{ADDRESS}{{file+}}",
        summary="A file that the page is made of",
        answers={200: "*/*", 304: None},
        problems=("not_found",),
    ),
)


class Console:
    """Serves the page; each operation is done by the method of its name.

    Args:
        config: what the page asks for when it starts.
        uploads_url: what addresses that large files are put at begin with.
        web: the page's files.
    """

    def __init__(self, config: ConsoleConfig, *, uploads_url: str, web: Path = WEB) -> None:
        self._config = config
        self._assets = Assets(SHARED, web)
        page = Template((web / "index.html").read_text("utf-8"))
        self._page = page.substitute(assets=f"{ADDRESS}{_ASSETS}{self._assets.version}")
        # Scripts ask the API, and the sign-in page for tokens; they put large files in the bucket.
        asked = f"{config.sign_in_url} {uploads_url}"
        self._headers = page_headers(content_security_policy(connect=asked))

    def show_console(self, _: Request) -> Answer:
        """The page."""
        return Answer(content=self._page, kind=HTML, headers=self._headers)

    show_console_as_typed = show_console

    def show_console_config(self, _: Request) -> Answer:
        """The way to sign in."""
        return Answer(content=self._config)

    def show_console_file(self, request: Request) -> Answer:
        """One of its files; whatever lies elsewhere is not found."""
        file = request.parameters["file"]
        path = file.removeprefix(_ASSETS) if file.startswith(_ASSETS) else ""
        return self._assets.answer(path, request.headers)
