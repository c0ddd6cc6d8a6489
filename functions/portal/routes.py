"""What each operation of the portal does: one call, one answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from balance_alerts.access.links import CODE_LENGTH, digest
from balance_alerts.access.sessions import NoSession, Visit
from balance_alerts.access.sign_in import Locked, NotRecognised
from balance_alerts.domain.attempt import AskedPayment, AttemptState
from balance_alerts.domain.errors import RuleError
from balance_alerts.http_api.exchange import HTML, Answer, Request
from balance_alerts.portal.activity import activity_of
from balance_alerts.portal.balance import balance_of
from balance_alerts.portal.payments import online_payment, payment_of, payments_of
from balance_alerts.portal.switches import AlertSwitches, switches_of
from balance_alerts.queues.alert_queue import FreshLinkWanted
from balance_alerts.store.entries import cases_of
from balance_alerts.telemetry import failure
from portal.pages import Pages
from portal.requests import (
    AlertsRequest,
    FreshLinkRequest,
    PaymentRequest,
    QuestionRequest,
    SignInRequest,
)

if TYPE_CHECKING:
    from balance_alerts.domain.practice import Practice
    from balance_alerts.wiring import Wiring

logger = logging.getLogger("balance_alerts.portal")

_PAYMENT_METRICS = {
    AttemptState.APPROVED: "PaymentsPosted",
    AttemptState.DECLINED: "PaymentsDeclined",
    AttemptState.FAILED: "PaymentsFailed",
    AttemptState.HELD: "PaymentsHeld",
    AttemptState.UNKNOWN: "PaymentsUnknown",
}


@dataclass(frozen=True, slots=True)
class Routes:
    """The operations of the portal, by name."""

    wiring: Wiring
    pages: Pages
    card_form_script: str
    """Address of the hosted card form's script."""
    count: Callable[[str], None]
    """Adds one to a metric."""

    def show_page(self, request: Request) -> Answer:
        """The page of whichever practice the token's code names."""
        return self._page("index.html", self._practice(request))

    def show_asset(self, request: Request) -> Answer:
        """A file of the page."""
        return self.pages.assets.answer(request.parameters["file"], request.headers)

    def sign_in(self, request: Request) -> Answer:
        """Open a session."""
        asked = request.read(SignInRequest)
        try:
            opened = self.wiring.sign_in.sign_in(asked.token, asked.date_of_birth)
        except NotRecognised:
            self.count("SignInsFailed")
            raise
        except Locked:
            self.count("SignInsLockedOut")
            raise
        self.count("SignIns")
        return Answer(content=opened)

    def want_fresh_link(self, request: Request) -> Answer:
        """Pass the wish on; whether it is fulfilled shows neither in the answer nor in its time."""
        token = request.read(FreshLinkRequest).token
        try:
            self.wiring.alert_queue.put_one(FreshLinkWanted(digest(token)))
        except Exception as error:
            logger.error("a fresh link was not asked for", extra=failure(error))
            self.count("FreshLinksNotAskedFor")
        return Answer(status=202)

    def show_balance(self, request: Request) -> Answer:
        """The balance."""
        visit, cases = self.wiring.sessions.visit_with(_session(request), cases_of)
        balance = balance_of(
            visit, cases, attempts=self.wiring.attempts, card_form_script=self.card_form_script
        )
        return _to(visit, balance)

    def show_activity(self, request: Request) -> Answer:
        """The ledger."""
        visit = self._visit(request)
        return _to(visit, activity_of(visit, request.query.get("cursor")))

    def show_payments(self, request: Request) -> Answer:
        """The payments."""
        visit = self._visit(request)
        cursor = request.query.get("cursor")
        return _to(visit, payments_of(visit, self.wiring.attempts, cursor))

    def show_payment(self, request: Request) -> Answer:
        """One payment."""
        visit = self._visit(request)
        payment_id = request.parameters["payment_id"]
        try:
            payment = self.wiring.checkout.payment(visit.practice, visit.patient_id, payment_id)
        except RuleError:  # not paid online
            return _to(visit, payment_of(visit, payment_id))
        return _to(visit, online_payment(payment, visit.now))

    def pay(self, request: Request) -> Answer:
        """Charge a card, or tell what became of the same click before."""
        visit = self._visit(request)
        key = request.idempotency_key
        asked = request.read(PaymentRequest)
        payment = self.wiring.checkout.pay(
            visit.practice,
            visit.patient_id,
            AskedPayment(
                amount_cents=asked.amount_cents,
                case_id=asked.case_id,
                data_descriptor=asked.opaque_data.data_descriptor,
                data_value=asked.opaque_data.data_value,
                idempotency_key=key,
            ),
        )
        if payment.is_new:
            self.count(_PAYMENT_METRICS[payment.state])
        payment.check_charged()
        posted = payment.state is AttemptState.APPROVED
        return _to(visit, online_payment(payment, visit.now), status=201 if posted else 202)

    def ask_question(self, request: Request) -> Answer:
        """Take a question."""
        visit = self._visit(request)
        asked = request.read(QuestionRequest)
        kept = self.wiring.question_desk.ask(
            visit, asked.reason, message=asked.message or None, call_back=bool(asked.call_back)
        )
        self.count("QuestionsAsked")
        return _to(visit, kept, status=201)

    def show_alerts(self, request: Request) -> Answer:
        """The switches."""
        visit = self._visit(request)
        return _to(visit, switches_of(visit.account))

    def set_alerts(self, request: Request) -> Answer:
        """Turn the switches."""
        visit = self._visit(request)
        asked = request.read(AlertsRequest)
        wanted = AlertSwitches(text=asked.text, email=asked.email)
        return _to(visit, self.wiring.switch_desk.turn(visit, wanted))

    def show_unsubscribe(self, request: Request) -> Answer:
        """Ask before anything happens: scanners open links too."""
        return self._page("unsubscribe.html", self._practice(request))

    def unsubscribe(self, request: Request) -> Answer:
        """Opt out the address the email went to."""
        practice = self._practice(request)
        if practice is None or not self.wiring.unsubscribe.opt_out(request.parameters["token"]):
            return self._page("unsubscribed.html", None)
        self.count("Unsubscribes")
        return self._page("unsubscribed.html", practice)

    def report_csp(self, _: Request) -> Answer:
        """Count a report; it is not kept, since it names the page's address and so a token."""
        self.count("CspReports")
        return Answer(status=204)

    def _visit(self, request: Request) -> Visit:
        return self.wiring.sessions.visit(_session(request))

    def _practice(self, request: Request) -> Practice | None:
        code = request.parameters["token"][:CODE_LENGTH]
        return self.wiring.practices.of_code(code)

    def _page(self, name: str, practice: Practice | None) -> Answer:
        if practice is None:
            content, status = self.pages.page("unknown.html"), 404
        else:
            content, status = self.pages.page(name, practice), 200
        return Answer(status=status, content=content, kind=HTML, headers=self.pages.headers)


def _session(request: Request) -> str:
    """The session's token that a request shows.

    Raises:
        NoSession: it shows none.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise NoSession
    return token.strip()


def _to(visit: Visit, content: Any, *, status: int = 200) -> Answer:
    ids = {"practice_id": visit.practice_id, "patient_id": visit.patient_id}
    return Answer(status=status, content=content, ids=ids)
