"""The patient's own switches for text and email alerts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from balance_alerts.access.sessions import Visit
from balance_alerts.domain.contact import WITHDRAWN, Channel, ContactState
from balance_alerts.domain.errors import RuleError
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.switches import Switches

if TYPE_CHECKING:
    from balance_alerts.channels.email_suppression import EmailSuppression
    from balance_alerts.channels.text_opt_outs import TextOptOuts


@dataclass(frozen=True, slots=True)
class AlertSwitches:
    """On where alerts do go out on the channel: subscribed, and the contact can be reached."""

    text: bool
    email: bool


def switches_of(account: AccountRecord) -> AlertSwitches:
    """How the switches stand."""
    seen = account.to_domain()
    return AlertSwitches(text=seen.text.active, email=seen.email.active)


@dataclass(frozen=True, slots=True)
class SwitchDesk:
    """Turns the switches. What speaks to providers is made when it is needed, which is seldom."""

    switches: Switches
    text_opt_outs: Callable[[], TextOptOuts]
    email_suppression: Callable[[], EmailSuppression]

    def turn(self, visit: Visit, wanted: AlertSwitches) -> AlertSwitches:
        """Set both switches as the patient wishes, with the consent or withdrawal that means.

        Off withdraws this account's channel only. On records consent, and takes back the opt-out
        of a contact, as its owner may: with the provider too, and there first, so that nothing is
        said to be on that is not. A switch that stands as wished already was not
        touched: one that is off because of STOP must not become a withdrawal by turning the other.

        Raises:
            RuleError: `no_contact`, `contact_unreachable`, `opt_in_refused`; then no switch was
                turned, unless a contact that opted out turns out to be bad only once it opts in.
        """
        shown = switches_of(visit.account)
        each = {
            channel: on
            for channel, on, stands in (
                (Channel.TEXT, wanted.text, shown.text),
                (Channel.EMAIL, wanted.email, shown.email),
            )
            if on != stands
        }
        for channel, on in each.items():
            if on:
                _check_reachable(visit.account, channel)
        mobile = visit.account.contact(Channel.TEXT)
        listed = set()
        if each.get(Channel.TEXT) and mobile is not None and self.text_opt_outs().take_off(mobile):
            listed.add(Channel.TEXT)  # although we may not have known of the opt-out yet
        for channel, on in each.items():
            contact = visit.account.contact(channel)
            withdrawn = _state(visit.account, channel) in WITHDRAWN or channel in listed
            if on and contact is not None and withdrawn:
                if channel is Channel.EMAIL:
                    self.email_suppression().take_off(contact)
                self.switches.opt_in_again(
                    visit.practice_id, visit.patient_id, channel, contact=contact, now=visit.now
                )
        account = self.switches.turn(visit.practice_id, visit.patient_id, each, now=visit.now)
        for channel, on in each.items():
            if on:
                _check_reachable(account, channel)
        return switches_of(account)


def _state(account: AccountRecord, channel: Channel) -> ContactState | None:
    return account.to_domain().subscription(channel).contact


def _check_reachable(account: AccountRecord, channel: Channel) -> None:
    state = _state(account, channel)
    if state is None:
        raise RuleError(
            "no_contact", f"There is no contact on file for {channel} alerts; please call us."
        )
    if state in (ContactState.BOUNCED, ContactState.INVALID):
        raise RuleError(
            "contact_unreachable",
            f"Messages to the contact on file for {channel} alerts do not arrive; please call us.",
        )
