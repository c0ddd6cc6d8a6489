"""The demonstration's second half: a patient follows a link, and pays by card until all is paid."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from balance_alerts.domain.money import format_dollars
from infra.local.observer import Observer
from infra.local.outbox import Message, Outbox
from infra.local.patient_browser import Answer, PatientBrowser
from infra.local.transcript import Transcript

_CARD_TAKEN = "capturedPendingSettlement"


class PatientVisit:
    """One patient's way from the text to a paid balance, at the address `url`.

    `step` begins a step of the transcript. What is left of the balance is kept along the way and
    held against what the patient, the ledger and the gateway see.
    """

    def __init__(
        self,
        patient_id: str,
        *,
        url: str,
        outbox: Outbox,
        seen: Observer,
        transcript: Transcript,
        step: Callable[[str], None],
    ) -> None:
        self._patient_id = patient_id
        self._outbox = outbox
        self._seen = seen
        self._transcript = transcript
        self._step = step
        self._browser = PatientBrowser(url)
        self._left = int(seen.account(patient_id).balance_cents)
        self._paid: list[str] = []

    def run(self) -> None:
        """Go through all steps."""
        part, unanswered = self._left // 3, self._left // 4
        self.follow_link()
        self.pay_a_part(part)
        self.lose_the_answer(unanswered)
        self.reconcile()
        self.pay_the_rest()

    def follow_link(self) -> None:
        """Open the link in the text and sign in."""
        self._step(f"{self._patient_id} follows the link in the text")
        account = self._seen.account(self._patient_id)
        link = self._outbox.messages(to=account.mobile, channel="text")[-1].link or ""
        token = link.rpartition("/")[2]
        page = self._browser.get(f"/a/{token}")
        name = self._seen.practice().display_name
        self._transcript.verify(
            page.status == HTTPStatus.OK and name in page.content, f"the page is that of {name}"
        )
        self._transcript.verify(
            str(account.last_name) not in page.content, "it does not say whose balance it is"
        )
        wrong = self._browser.sign_in(token, "1901-01-01")
        self._answered(wrong, 401, "not_recognised", "another date of birth opens nothing")
        born = self._seen.date_of_birth(self._patient_id)
        self._answered(self._browser.sign_in(token, born), 200, None, "the right one does")
        balance = self._browser.get("/portal/balance")
        self._transcript.say(
            f"{case['label']}: {format_dollars(case['balance_cents'])}"
            for case in balance.get("cases") or []
        )
        self._balance_is("the balance shown")
        card_form = balance.get("online_payments") or {}
        self._transcript.verify(
            {"api_login_id", "client_key", "script_url"} <= set(card_form),
            "it can be paid by card",
            balance.get("online_payments"),
        )

    def pay_a_part(self, cents: int) -> None:
        """Pay, and press the same button twice."""
        self._step(f"{self._patient_id} pays {format_dollars(cents)} by card")
        request = self._payment(cents)
        paid = self._browser.send("POST", "/portal/payments", request, _key("first click"))
        self._posted(paid, cents)
        again = self._browser.send("POST", "/portal/payments", request, _key("first click"))
        self._transcript.equal(
            again.payment_id, paid.payment_id, "the same click again: same payment"
        )
        self._charged_once(paid.payment_id, cents)
        self._is_in_history(paid.payment_id, cents)
        receipt = self._receipt(paid.payment_id, cents)
        if receipt is not None:
            self._transcript.message(receipt)

    def lose_the_answer(self, cents: int) -> None:
        """Pay while the gateway charges cards but never answers."""
        self._step(f"{self._patient_id} pays {format_dollars(cents)}, and no answer comes")
        self._local("PUT", "/local/gateway", {"mode": "timeout_after_charge"})
        self._transcript.say("The gateway charges cards, but does not answer.")
        unknown = self._pay(cents, "second click")
        self._answered(unknown, 202, None, "the patient is told that it is being confirmed")
        self._transcript.equal(unknown.get("status"), "pending", "the payment is pending")
        self._paid.append(unknown.payment_id)
        other = self._pay(cents, "third click")
        self._answered(other, 409, "payment_open", "nobody can pay a second time meanwhile")
        self._local("PUT", "/local/gateway", {"mode": "approve"})
        self._transcript.say("The gateway answers again.")
        self._balance_is("the balance is what it was")
        self._left -= cents

    def reconcile(self) -> None:
        """Find out at the gateway what became of it."""
        self._step("Reconciliation asks the gateway")
        counts = self._local("POST", "/local/reconcile").content
        shown = ("open_attempts", "payments", "failures")
        self._transcript.say(", ".join(f"{name}: {counts.get(name)}" for name in shown))
        payment_id = self._paid[-1]
        found = self._browser.get(f"/portal/payments/{payment_id}")
        self._transcript.equal(found.get("status"), "posted", "the payment is posted")
        amount = found.get("amount_cents")
        self._charged_once(payment_id, amount)
        self._is_in_history(payment_id, amount)
        self._receipt(payment_id, amount)
        self._balance_is("it came off the balance once")
        self._local("POST", "/local/reconcile")
        self._balance_is("reconciling once more changes nothing")

    def pay_the_rest(self) -> None:
        """Pay all that is left."""
        self._step(f"{self._patient_id} pays the rest, {format_dollars(self._left)}")
        rest = self._left
        declined = self._pay(rest, "fourth click", zip_code="46282")
        self._answered(declined, 402, "declined", "a card that the bank declines costs nothing")
        paid = self._pay(rest, "fifth click")
        self._posted(paid, rest)
        self._receipt(paid.payment_id, rest)
        self._transcript.equal(
            self._seen.decision(self._patient_id).reason,
            "nothing_owed",
            "no alert goes out any more",
        )
        self._transcript.verify(
            not self._seen.is_listed_as_due(self._patient_id), "the account left the due index"
        )

    def _payment(self, cents: int, zip_code: str | None = None) -> dict[str, Any]:
        card = {"zip": zip_code} if zip_code else {}
        token = self._local("POST", "/local/card-token", card).content
        return {"amount_cents": cents, "opaque_data": token}

    def _pay(self, cents: int, click: str, *, zip_code: str | None = None) -> Answer:
        return self._browser.send(
            "POST", "/portal/payments", self._payment(cents, zip_code), _key(click)
        )

    def _local(self, method: str, path: str, body: Any = None) -> Answer:
        """What the surroundings do, not the patient."""
        answer = self._browser.send(method, path, body)
        if answer.status != HTTPStatus.OK:
            self._transcript.verify(False, f"{method} {path}", answer.content)
        return answer

    def _posted(self, answer: Answer, cents: int) -> None:
        """Hold a payment's answer against what it must say."""
        self._answered(answer, 201, None, "paid")
        self._left -= cents
        self._paid.append(answer.payment_id)
        receipt = answer.get("receipt") or {}
        self._transcript.equal(
            (receipt.get("payment_id"), receipt.get("amount_cents")),
            (answer.payment_id, cents),
            "with a receipt",
        )
        self._transcript.equal(answer.get("balance_cents"), self._left, "and the new balance")
        self._balance_is("which is the ledger's, too")

    def _answered(self, answer: Answer, status: int, code: str | None, what: str) -> None:
        found = (answer.status, answer.get("code"))
        said = f"{what} ({status}{f' {code}' if code else ''})"
        self._transcript.equal(found, (status, code), said)

    def _balance_is(self, what: str) -> None:
        shown = self._browser.get("/portal/balance").get("balance_cents")
        stored = int(self._seen.account(self._patient_id).balance_cents)
        self._transcript.equal(
            (shown, stored), (self._left, self._left), f"{what}: {format_dollars(self._left)}"
        )

    def _receipt(self, payment_id: str, cents: int) -> Message | None:
        """The receipt in the patient's mailbox, which there must be one of."""
        mails = self._outbox.messages(to=self._seen.account(self._patient_id).email)
        receipts = [mail for mail in mails if payment_id in mail.text]
        self._transcript.verify(
            len(receipts) == 1 and format_dollars(cents) in receipts[0].text,
            "one receipt came by email",
            f"{len(receipts)} of them",
        )
        return receipts[0] if receipts else None

    def _charged_once(self, payment_id: str, cents: int) -> None:
        charges = self._browser.get("/local/gateway/charges").get("charges")
        ours = [
            (charge["amount_cents"], charge["status"])
            for charge in charges
            if charge["invoice_number"] == payment_id
        ]
        self._transcript.equal(ours, [(cents, _CARD_TAKEN)], "the gateway has one charge for it")

    def _is_in_history(self, payment_id: str, cents: int) -> None:
        rows = self._browser.get("/portal/payments").get("payments")
        found = [
            (row["amount_cents"], row["status"]) for row in rows if row["payment_id"] == payment_id
        ]
        self._transcript.equal(found, [(cents, "posted")], "it is in the history of payments once")
        entries = self._browser.get("/portal/activity").get("entries")
        newest = entries[0] if entries else {}
        self._transcript.equal(
            (newest.get("kind"), newest.get("amount_cents")),
            ("payment", -cents),
            "and on top of the activity",
        )


def _key(click: str) -> dict[str, str]:
    return {"Idempotency-Key": click}
