"""The portal's pages, as they lie in `web/`."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template

from balance_alerts.domain.practice import Practice
from balance_alerts.pages.assets import SHARED, Assets
from balance_alerts.pages.policy import content_security_policy, page_headers

WEB = Path(__file__).with_name("web")
_DIALLED = frozenset("+0123456789")


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
        self.assets = Assets(SHARED, web)
        policy = content_security_policy(
            script=card_form_origins,
            style=card_form_origins,
            connect=card_form_origins,
            frame=card_form_origins,
        )
        self.headers = page_headers(policy)

    def page(self, name: str, practice: Practice | None = None) -> str:
        """A page; of the practice only what its door shows and its time zone, escaped."""
        shown = {"assets": f"/assets/{self.assets.version}", "language": "en"}
        if practice is not None:
            shown |= {
                "display_name": practice.display_name,
                "phone": practice.phone,
                "phone_link": phone_link(practice.phone),
                "hours": practice.hours,
                "time_zone": practice.time_zone,
            }
        safe = {key: escape(value) for key, value in shown.items()}
        return self._templates[name].substitute(safe)


def phone_link(phone: str) -> str:
    """What a tap dials: the phone's digits, those of an extension left for the caller."""
    number, *_ = phone.lower().split("x")
    number, *_ = number.split("ext")
    return "tel:" + "".join(each for each in number if each in _DIALLED)
