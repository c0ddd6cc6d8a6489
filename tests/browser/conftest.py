"""A running `make run` and a real browser.

With SCREENSHOTS=1 in the environment, how pages look is kept in test-results/screenshots.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.fake_portal import FakePortal
from tests.browser.portal_visit import Visit

REPOSITORY = Path(__file__).parents[2]
_SCREENSHOTS = REPOSITORY / "test-results" / "screenshots"
# A window of the whole browser brings two renderers along for its address bar and one in reserve,
# which take a third of its time. Naming features replaces those that playwright switches off, so
# its own that matter to a page are named again.
_WITHOUT = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "SpareRendererForSitePerProcess",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "MediaRouter",
    "OptimizationHints",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", f"--disable-features={','.join(_WITHOUT)}"]

PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 900}

NewPage = Callable[[dict[str, int]], Page]


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """`make run` with the sample practice, until the tests are over."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "PORT": str(port)}
    with subprocess.Popen(
        [sys.executable, "-m", "infra.local.run"],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        said = []
        for line in run.stdout:
            said.append(line)
            if line.startswith("ready: "):
                break
        else:
            pytest.fail("it never said ready:\n" + "".join(said))
        yield said[-1].removeprefix("ready: ").strip()
        run.terminate()
        run.wait(timeout=30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Opens a page of some size; anything the page complains of fails the test."""
    complaints: list[str] = []
    contexts: list[Any] = []

    def open_page(size: dict[str, int]) -> Page:
        context = browser.new_context(viewport=size)  # type: ignore[arg-type]  # a ViewportSize
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type == "error" else None,
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def keep_as(page: Page, name: str, **options: Any) -> None:
    """Keep how a page looks under a name, for whoever wants to see it: drawing it takes a while."""
    if os.environ.get("SCREENSHOTS"):
        _SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=_SCREENSHOTS / f"{name}.png", **{"full_page": True, **options})


@pytest.fixture
def keep() -> Callable[[Page, str], None]:
    """Keeps a screenshot under a name."""
    return keep_as


@pytest.fixture
def portal() -> Iterator[FakePortal]:
    """The portal's pages over an API that a test may change."""
    portal = FakePortal()
    portal.server.start()
    yield portal
    portal.account.gate.set()
    portal.server.stop()


@pytest.fixture
def visit(browser: Browser, portal: FakePortal) -> Iterator[Callable[..., Visit]]:
    """Opens the link of an alert; anything the page complains of fails the test."""
    visits: list[Visit] = []

    def open_link(size: dict[str, int] = PHONE, *, language: str = "en", **more: Any) -> Visit:
        visits.append(Visit(browser, portal, size, language=language, **more))
        return visits[-1]

    yield open_link
    for one in visits:
        one.page.context.close()
    assert [complaint for one in visits for complaint in one.complaints] == []
