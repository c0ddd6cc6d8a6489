"""An edge for the page's tests: answers the portal's routes from memory, as told to.

Only the answers are ours; the pages, their headers and their files are what is deployed.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from balance_alerts.domain.practice import Practice
from infra.local.loopback import LoopbackServer, QuietHandler
from portal.pages import Pages

TOKEN = "HRBPT1" + "k3Jx9-Qm2LtYw8_ZpA4cRe"
LOGIN = "5KP3u95bQpv"
BIRTH_DATE = "1984-03-09"
PRACTICE = Practice(
    practice_id="harbor-point",
    code=TOKEN[:6],
    display_name="Harbor Point Physical Therapy",
    short_name="Harbor Point PT",
    phone="(508) 555-0100",
    time_zone="America/New_York",
    hours="Monday to Friday 7:00 am to 6:00 pm",
)
FIRST_PAGE = 5


def _entry(kind: str, cents: int, case: str, at: str, **more: Any) -> dict[str, Any]:
    given = {"service_date": None, "cause": None, "payer": None, "description": None}
    return {
        "kind": kind,
        "amount_cents": cents,
        "case_id": case,
        "recorded_at": f"{at}T15:00:00Z",
        **given,
        **more,
    }


def _entries() -> list[dict[str, Any]]:
    knee, back = "HP-1", "HP-2"
    tidemark = {"payer": "Tidemark Health Plan"}
    visit = "Therapeutic exercise (97110)"
    return [
        _entry("responsibility", 4_500, back, "2026-11-20", service_date="2026-11-02",
               cause="copay", description=visit, **tidemark),
        _entry("payment", -2_500, knee, "2026-11-12",
               description="Card payment at the front desk"),
        _entry("responsibility", 8_340, knee, "2026-11-10", service_date="2026-10-22",
               cause="deductible, coinsurance", description=visit, **tidemark),
        _entry("adjustment", -1_000, knee, "2026-10-30", description="Goodwill write-off"),
        _entry("responsibility", 6_000, knee, "2026-10-15", service_date="2026-09-29",
               cause="self_pay", description="Evaluation (97161)"),
        _entry("chargeback", 2_000, knee, "2026-10-02",
               description="Card payment taken back by your bank"),
        _entry("refund", 500, back, "2026-09-20", description="Refund to you"),
        _entry("payment", -2_000, knee, "2026-09-12", description="Payment, thank you"),
        _entry("payment", -500, back, "2026-09-10", description="Check, thank you"),
    ]  # fmt: skip


def _payments() -> list[dict[str, Any]]:
    return [
        _payment("E-9", 2_500, "2026-11-12", method="card"),
        _payment("ba-declined", 5_000, "2026-11-11", status="declined", method="online"),
        _payment("E-6", 2_000, "2026-10-02", kind="chargeback", method="card"),
        _payment("E-7", 500, "2026-09-20", kind="refund", method="check"),
        _payment("E-8", 2_000, "2026-09-12", method="card"),
        _payment("E-5", 500, "2026-09-10", method="check"),
    ]


def _payment(payment_id: str, cents: int, on: str, **more: Any) -> dict[str, Any]:
    plain = {"kind": "payment", "status": "posted", "method": None}
    given = {"payment_id": payment_id, "amount_cents": cents, "recorded_at": f"{on}T15:00:00Z"}
    return {**plain, **given, **more}


@dataclass
class Account:
    """What the edge knows, free to be changed by a test."""

    entries: list[dict[str, Any]] = field(default_factory=_entries)
    payments: list[dict[str, Any]] = field(default_factory=_payments)
    labels: dict[str, str] = field(
        default_factory=lambda: {"HP-1": "Right knee after surgery", "HP-2": "Low back"}
    )
    alerts: dict[str, bool] = field(default_factory=lambda: {"text": True, "email": False})
    online: bool = True
    open_payment: dict[str, Any] | None = None
    gateway: str = "approve"
    refuse_sign_in: tuple[int, str] | None = None
    refuse_alerts: str = ""
    sessions: set[str] = field(default_factory=set)
    attempts: dict[str, dict[str, Any]] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    charges: list[int] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)
    links_asked: int = 0
    unsubscribed: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    gate: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    @property
    def balance_cents(self) -> int:
        """The sum of the entries, as ever."""
        return sum(int(entry["amount_cents"]) for entry in self.entries)

    def owe(self, cents: int) -> None:
        """One charge and nothing else."""
        one = _entry("responsibility", cents, "HP-1", "2026-11-20")
        self.entries = [one] if cents else []
        self.payments = []

    def pay(self, key: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """One key, one charge."""
        payment_id = f"ba{key[:18]}"
        known = json.dumps(body, sort_keys=True)
        if self.bodies.setdefault(key, known) != known:
            return _problem(409, "idempotency_conflict")
        if payment_id in self.attempts:
            return self.state(payment_id)
        if self.open_payment:
            return _problem(409, "payment_open")
        refusals = {
            "decline": (402, "declined"),
            "down": (503, "gateway_unavailable"),
            "off": (409, "online_payments_unavailable"),
            "changed": (422, "amount_out_of_range"),
        }
        if self.gateway in refusals:
            return _problem(*refusals[self.gateway])
        cents = int(body["amount_cents"])
        self.charges.append(cents)
        attempt = _payment(payment_id, cents, "2026-11-23", status="pending", method="online")
        self.attempts[payment_id] = attempt
        self.payments.insert(0, attempt)
        if self.gateway in {"unknown", "held"}:
            open_payment = {"payment_id": payment_id, "amount_cents": cents}
            self.open_payment = {**open_payment, "status": self.gateway}
        else:
            attempt["status"] = "posted"
            self._post(attempt)
        return self.state(payment_id)

    def state(self, payment_id: str) -> tuple[int, dict[str, Any]]:
        """A payment's present state."""
        if payment_id not in self.attempts:
            return _problem(404, "unknown_payment")
        answer = {**self.attempts[payment_id], "balance_cents": self.balance_cents}
        if answer["status"] == "posted":
            answer["receipt"] = {
                "amount_cents": answer["amount_cents"],
                "paid_at": "2026-11-23T15:04:05Z",
                "card_type": "Visa",
                "last_four": "1111",
                "auth_code": "HW617E",
            }
        return (202 if answer["status"] == "pending" else 201), answer

    def settle(self, status: str) -> None:
        """What came of the open payment."""
        assert self.open_payment is not None
        attempt = self.attempts[self.open_payment["payment_id"]]
        attempt["status"], self.open_payment = status, None
        if status == "posted":
            self._post(attempt)

    def _post(self, attempt: dict[str, Any]) -> None:
        cents = -int(attempt["amount_cents"])
        self.entries.insert(0, _entry("payment", cents, "HP-1", "2026-11-23"))

    def balance(self, card_form: dict[str, str]) -> dict[str, Any]:
        """The answer of GET /portal/balance."""
        sums: dict[str, int] = {}
        for entry in self.entries:
            case = str(entry["case_id"])
            sums[case] = sums.get(case, 0) + int(entry["amount_cents"])
        return {
            "practice": {
                "display_name": PRACTICE.display_name,
                "phone": PRACTICE.phone,
                "hours": PRACTICE.hours,
            },
            "first_name": "Dana",
            "balance_cents": self.balance_cents,
            "as_of": "2026-11-23T15:04:05Z",
            "cases": [
                {"case_id": case, "label": self.labels.get(case), "balance_cents": cents}
                for case, cents in sums.items()
            ],
            "online_payments": card_form if self.online else None,
            "open_payment": self.open_payment,
        }


class FakePortal:
    """The server, and what it knows."""

    def __init__(self) -> None:
        self.account = Account()
        self.server = LoopbackServer(type("Handler", (_Handler,), {"portal": self}))
        self.link = f"{self.server.url}/a/{TOKEN}"
        self.online_payments = {
            "api_login_id": LOGIN,
            "client_key": "key",
            "script_url": f"{self.server.url}/card-form/AcceptUI.js",
        }
        self.pages = Pages(self.server.url)


def _problem(status: int, code: str) -> tuple[int, dict[str, Any]]:
    return status, {"type": "about:blank", "status": status, "code": code}


class _Handler(QuietHandler):
    portal: FakePortal

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/a/"):
            self._page("index.html" if path[3:9] == PRACTICE.code else "unknown.html")
        elif path.startswith("/u/"):
            self._page("unsubscribe.html")
        elif path.startswith("/assets/"):
            self._asset(path.removeprefix("/assets/"))
        elif path.startswith("/card-form/"):
            self._card_form(path.removeprefix("/card-form/"))
        elif path == "/favicon.ico":
            self.answer(HTTPStatus.NO_CONTENT)
        else:
            self._json()

    def do_POST(self) -> None:
        if self.path.startswith("/u/"):
            self.portal.account.unsubscribed.append(self.read_body().decode())
            self._page("unsubscribed.html")
        else:
            self._json()

    do_PUT = do_POST

    def _page(self, name: str) -> None:
        page = self.portal.pages.page(name, PRACTICE)
        headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
        self.answer(HTTPStatus.OK, page.encode(), {**self.portal.pages.headers, **headers})

    def _asset(self, path: str) -> None:
        found = self.portal.pages.assets.find(path)
        if found is None:
            self.answer(HTTPStatus.NOT_FOUND)
            return
        self.answer(HTTPStatus.OK, found[0].content, {"Content-Type": found[0].kind})

    def _card_form(self, name: str) -> None:
        kind = "text/html" if name.endswith(".html") else "text/javascript"
        headers = {"Content-Type": f"{kind}; charset=utf-8"}
        self.answer(HTTPStatus.OK, _CARD_FORM[name].encode(), headers)

    def _json(self) -> None:
        body = json.loads(self.read_body() or b"null")
        path = urlsplit(self.path).path
        account = self.portal.account
        account.gate.wait(20)
        if path in account.broken:
            self.reset_connection()
            return
        try:
            status, answer = self._routes(path, body)
        except PermissionError:
            status, answer = _problem(401, "no_session")
        if account.gateway == "lose_answer" and path == "/portal/payments" and body:
            account.gateway = "approve"
            self.reset_connection()
            return
        headers = {"Content-Type": "application/json", "Retry-After": "840"}
        self.answer(status, json.dumps(answer).encode(), headers)

    def _routes(self, path: str, body: Any) -> tuple[int, Any]:
        account = self.portal.account
        if path == "/portal/session":
            return self._sign_in(body)
        if path == "/portal/link-requests":
            account.links_asked += 1
            return 202, None
        if self.headers["Authorization"].removeprefix("Bearer ") not in account.sessions:
            raise PermissionError
        name = path.removeprefix("/portal/")
        if name.startswith("payments/"):
            status, answer = account.state(name.removeprefix("payments/"))
            return (status if status == 404 else 200), answer
        if name == "payments" and self.command == "POST":
            return account.pay(self.headers["Idempotency-Key"], body)
        if name == "questions":
            account.questions.append(body)
            return 201, {"question_id": "q"}
        if name == "alerts" and self.command == "PUT":
            if account.refuse_alerts:
                return _problem(409, account.refuse_alerts)
            account.alerts = body
        return 200, self._read(name)

    def _read(self, name: str) -> Any:
        account = self.portal.account
        if name == "balance":
            return account.balance(self.portal.online_payments)
        if name == "alerts":
            return account.alerts
        rows = {"activity": account.entries, "payments": account.payments}[name]
        key = {"activity": "entries"}.get(name, name)
        if "cursor=" in self.path:
            return {key: rows[FIRST_PAGE:], "next_cursor": None}
        cursor = "more" if len(rows) > FIRST_PAGE else None
        return {key: rows[:FIRST_PAGE], "next_cursor": cursor}

    def _sign_in(self, body: dict[str, str]) -> tuple[int, Any]:
        account = self.portal.account
        if account.refuse_sign_in:
            return _problem(*account.refuse_sign_in)
        if body != {"token": TOKEN, "date_of_birth": BIRTH_DATE}:
            return _problem(401, "not_recognised")
        session = f"session-{len(account.sessions)}-{id(body)}"
        account.sessions.add(session)
        return 200, {"session": session, "expires_at": "2026-01-01T00:30:00Z"}


# A card form that behaves as AcceptUI does: it reads the button once, opens by a class, and answers
# a global function by its name.
_CARD_FORM = {
    "AcceptUI.js": """
        const button = document.querySelector(".AcceptUI");
        const origin = new URL(document.currentScript.src).origin;
        const handler = button.getAttribute("data-responseHandler");
        const words = button.getAttribute("data-acceptUIFormBtnTxt");
        const settings = { button: words, page: location.href };
        const parts = ["AcceptUIBackground", "AcceptUIContainer"].map((id) => {
          const part = document.createElement("div");
          part.id = id;
          document.body.append(part);
          return part;
        });
        const frame = document.createElement("iframe");
        frame.src = origin + "/card-form/form.html#" + encodeURIComponent(JSON.stringify(settings));
        parts[1].append(frame);
        button.addEventListener("click", () => parts.forEach((part) => part.classList.add("show")));
        window.addEventListener("message", ({ data }) => {
          parts.forEach((part) => part.classList.remove("show"));
          if (data.answer) window[handler](data.answer);
        });
    """,
    "form.html": """<!DOCTYPE html><html lang="en"><head><title>Card form</title></head><body>
        <h1>Card details</h1>
        <label>Card number <input value="4111 1111 1111 1111"></label>
        <p><button id="pay"></button>
        <button id="fail">Fail</button> <button id="close">Close</button></p>
        <p id="page"></p><script src="form.js"></script></body></html>""",
    "form.js": """
        const settings = JSON.parse(decodeURIComponent(location.hash.slice(1)));
        document.getElementById("pay").textContent = settings.button;
        document.getElementById("page").textContent = settings.page;
        const tell = (id, answer) => document.getElementById(id).addEventListener(
          "click", () => parent.postMessage({ answer }, "*"));
        tell("close", null);
        const fault = { code: "E_WC_05", text: "Please provide valid credit card number." };
        tell("fail", { messages: { resultCode: "Error", message: [fault] } });
        tell("pay", { messages: { resultCode: "Ok" }, opaqueData: {
          dataDescriptor: "COMMON.ACCEPT.INAPP.PAYMENT", dataValue: crypto.randomUUID() } });
    """,
}
