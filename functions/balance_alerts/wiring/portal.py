"""The parts that patients meet: sign-in, sessions, switches, questions."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from balance_alerts.wiring.delivering import DeliveryParts

if TYPE_CHECKING:
    from balance_alerts.access.sessions import Sessions
    from balance_alerts.access.sign_in import SignIn
    from balance_alerts.access.unsubscribe import Unsubscribe
    from balance_alerts.portal.questions import QuestionDesk
    from balance_alerts.portal.switches import SwitchDesk


class PortalParts(DeliveryParts):
    """The patient portal."""

    @cached_property
    def sessions(self) -> Sessions:
        """The sessions of patients."""
        from balance_alerts.access.sessions import Sessions

        return Sessions(self.now)

    @cached_property
    def sign_in(self) -> SignIn:
        """What lets patients in."""
        from balance_alerts.access.sign_in import SignIn
        from balance_alerts.store.sign_in_tries import SignInTries

        return SignIn(SignInTries(), self.sessions, self.now)

    @cached_property
    def unsubscribe(self) -> Unsubscribe:
        """One-click unsubscribe."""
        from balance_alerts.access.unsubscribe import Unsubscribe
        from balance_alerts.store.links import Links

        return Unsubscribe(Links(), self.accounts, self.now)

    @cached_property
    def switch_desk(self) -> SwitchDesk:
        """The patient's switches."""
        from balance_alerts.portal.switches import SwitchDesk
        from balance_alerts.store.switches import Switches

        return SwitchDesk(
            Switches(self.accounts), lambda: self.text_opt_outs, lambda: self.email_suppression
        )

    @cached_property
    def question_desk(self) -> QuestionDesk:
        """Where patients ask."""
        from balance_alerts.portal.questions import QuestionDesk
        from balance_alerts.store.questions import Questions

        return QuestionDesk(Questions(self.accounts))
