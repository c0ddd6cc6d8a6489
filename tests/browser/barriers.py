"""What axe finds wrong with a page for those who read, hear or steer it differently."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

EVERYTHING = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")
COLOURS = ("color-contrast", "link-in-text-block")


def barriers(page: Page, rules: tuple[str, ...] = EVERYTHING) -> list[str]:
    """Each rule that the page breaks, with what breaks it.

    The script is brought once a document, and told to look closer at violations only: the other
    answers take it longer than the page does.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        """async (runOnly) => {
            const { violations } = await axe.run({ runOnly, resultTypes: ["violations"] });
            const places = (nodes) => nodes.map((one) => one.html);
            return violations.map(({ id, help, nodes }) => [id, help, places(nodes)]);
        }""",
        list(rules),
    )
    return [f"{rule} ({help_}): {', '.join(nodes)}" for rule, help_, nodes in found]
