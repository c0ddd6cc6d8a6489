// Who it is, what is owed case by case, and the next alert.

import * as api from "../api.js";
import { ask } from "../dialog.js";
import { h, icon } from "../dom.js";
import { nextAlert } from "../next-alert.js";
import { LANGUAGES, contactWords, fullName } from "../words.js";
import { recordEntry } from "./entry-form.js";

const MAY_BE_SENT = [null, "too_soon"]; // sending now skips the rhythm, nothing else

// Nobody shall be asked to pay again while a payment is being confirmed.
export function paymentBanner({ f }, { open_payment: open }) {
  const held = open.status === "held";
  return h("section", { class: "banner", "aria-labelledby": "open-payment" },
    h("h2", { id: "open-payment" }, icon("clock"), `A payment of ${f.money(open.amount_cents)} is being ${held ? "reviewed" : "confirmed"}`),
    h("p", {}, held
      ? `The card service holds it for review since ${f.date(open.begun_at)}. Do not take another payment for the same amount; alerts wait meanwhile.`
      : `Since ${f.date(open.begun_at)}, ${f.time(open.begun_at)}, the card service has given no final answer. Do not take another payment for it: it is looked up again and again, and added here as soon as it is confirmed. Alerts wait meanwhile.`));
}

export function summaryCard(app, patient) {
  const { f } = app;
  const cents = patient.balance_cents;
  return h("section", { class: "card summary" },
    h("h1", {}, fullName(patient)),
    h("p", { class: "hint" }, `Born ${f.calendarDate(patient.date_of_birth)} \u00b7 ${patient.patient_id} \u00b7 ${LANGUAGES[patient.language] ?? patient.language}`),
    h("p", { class: "owed" }, h("span", { class: "label" }, cents < 0 ? "Credit " : "Balance "), h("strong", {}, f.money(Math.abs(cents)))),
    patient.cases.length > 0 && h("dl", { class: "facts cases" }, patient.cases.map((one) => h("div", {},
      h("dt", {}, one.label || `Case ${one.case_id}`),
      h("dd", {}, one.balance_cents < 0 ? `${f.money(-one.balance_cents)} credit` : f.money(one.balance_cents))))),
    h("div", { class: "next" },
      h("h2", {}, "Next alert"),
      h("p", { id: "next-alert", tabIndex: -1 }, nextAlert(patient.decision, app.practice, reachable(patient).map(({ channel }) => channel), f))),
    h("div", { class: "actions" },
      MAY_BE_SENT.includes(patient.decision.reason) && h("button", { type: "button", onclick: () => sendNow(app, patient) }, "Send an alert now"),
      h("button", { type: "button", onclick: () => recordEntry(app, patient) }, "Record a charge or payment")));
}

const reachable = ({ contacts }) => contacts.filter((one) => one.subscribed && one.state === "reachable");

function sendNow(app, patient) {
  const to = reachable(patient).map(({ contact }) => contactWords(contact));
  const key = api.clickKey();
  ask("Send an alert now?", `${fullName(patient)} gets it at ${app.f.list(to)}. The next one then follows one period later.`, { button: "Send now", busy: "Sending\u2026" }, async () => {
    await api.post(`/patients/${api.id(patient.patient_id)}/alerts`, undefined, { headers: { "Idempotency-Key": key }, patience: 35_000 });
    return () => app.reload("next-alert", "The alert was handed over.");
  });
}
