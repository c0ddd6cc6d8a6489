// What happened to a patient, each as an item of the timeline: when, and how it is drawn.

import { isGood, outcomeWords, statusWords } from "../delivery-words.js";
import { h } from "../dom.js";
import { paidBy, paymentNumber } from "../payment-words.js";
import { CAUSES, CHANNELS, PAYMENTS, QUESTIONS } from "../words.js";
import { answerButton, callBack } from "../today/questions.js";
import { reverseEntry } from "./entry-form.js";

const MONEY_MOVED = ["payment", "refund", "chargeback"]; // shown once each, as payments

const isOnline = ({ external_ref: reference, method }) => Boolean(reference) && !["cash", "check"].includes((method ?? "").toLowerCase());

// Items are drawn when their turn comes: by then all that is newer was seen.
export class Happenings {
  #app;
  #patientId;
  #labels = new Map();
  #entries = new Map();
  #reversed = new Set();

  constructor(app, patientId) {
    this.#app = app;
    this.#patientId = patientId;
  }

  // The names of the patient's cases; an entry brings one only where it was told with it.
  name(cases) {
    this.#labels = new Map(cases.map((one) => [one.case_id, one.label]));
  }

  entries(one) {
    this.#entries.set(one.entry_id, one);
    if (one.reverses) this.#reversed.add(one.reverses);
    return MONEY_MOVED.includes(one.kind) ? null : { at: one.recorded_at, draw: () => this.#entry(one) };
  }

  alerts(one) {
    return { at: one.sent_at, draw: () => this.#alert(one) };
  }

  payments(one) {
    return { at: one.recorded_at, draw: () => this.#payment(one) };
  }

  questions(one) {
    return { at: one.asked_at, draw: () => this.#question(one) };
  }

  #entry(one) {
    const { f } = this.#app;
    const cents = one.change_cents;
    const title = one.kind === "responsibility" ? "Charge" : one.reverses ? "Correction" : cents < 0 ? "Adjustment, owes less" : "Adjustment, owes more";
    const causes = (one.cause ?? "").split(",").map((cause) => cause.trim()).filter(Boolean).map((cause) => CAUSES[cause] ?? cause.replaceAll("_", " "));
    const why = [causes.join(", "), one.payer && `after ${one.payer}`].filter(Boolean).join(", ");
    return this.#item({
      title, amount: f.signed(cents), down: cents < 0,
      lines: [this.#caseOf(one), one.service_date && `Visit on ${f.calendarDate(one.service_date)}`, why, one.description],
      when: this.#moment(one.recorded_at), more: this.#reversal(one, title),
    });
  }

  #alert(one) {
    const channels = one.channels.map(({ channel, status, detail }) => h("p", {},
      `${CHANNELS[channel]}: `, h("span", { class: isGood(status) ? "chip good" : "chip bad" }, statusWords(status)),
      h("span", { class: "hint" }, ` ${outcomeWords(status, detail)}`)));
    return this.#item({ title: "Alert", lines: channels, when: this.#moment(one.sent_at) });
  }

  #payment(one) {
    const { f } = this.#app;
    const title = PAYMENTS[one.kind]?.[one.status] ?? one.kind;
    const counts = one.status === "posted";
    const cents = one.kind === "payment" ? -one.amount_cents : one.amount_cents;
    const entry = this.#entries.get(one.payment_id);
    // What the card service booked is undone there; of several parts none is the whole payment.
    const whole = entry?.amount_cents === one.amount_cents;
    return this.#item({
      title, amount: counts ? f.signed(cents) : f.money(one.amount_cents), down: counts && cents < 0,
      lines: [whole && this.#caseOf(entry), paidBy(one), paymentNumber(one), entry?.description, one.status === "pending" && "Not in the balance yet. Do not take it again."],
      when: this.#moment(one.recorded_at), more: whole && !isOnline(entry) && this.#reversal(entry, title),
    });
  }

  #question(one) {
    return this.#item({
      title: `Question: ${QUESTIONS[one.reason] ?? one.reason}`,
      lines: [one.message && h("p", { class: "said" }, one.message), callBack(one), this.#answered(one), one.answer && h("p", { class: "said" }, one.answer)],
      when: this.#moment(one.asked_at), more: one.state === "open" && answerButton(this.#app, one, "timeline"),
    });
  }

  #answered(one) {
    if (one.state === "open") return "Not answered yet";
    return `Answered by ${one.answered_by}, ${this.#moment(one.answered_at)}${one.answer ? ":" : ""}`;
  }

  #caseOf(entry) {
    return this.#labels.get(entry.case_id) || entry.case_label || `Case ${entry.case_id}`;
  }

  // The way to take an entry back, unless it was, or does so itself.
  #reversal(entry, title) {
    if (entry.reverses) return null;
    if (this.#reversed.has(entry.entry_id)) return h("p", {}, h("span", { class: "chip" }, "Reversed"));
    const { f } = this.#app;
    return h("button", {
      type: "button", class: "small", "aria-label": `Reverse: ${title}, ${f.money(Math.abs(entry.change_cents))}, ${f.date(entry.recorded_at)}`,
      onclick: () => reverseEntry(this.#app, this.#patientId, entry, title),
    }, "Reverse");
  }

  #item({ title, amount = null, down = false, lines = [], when, more = null }) {
    return h("li", { class: "entry", tabIndex: -1 },
      h("div", { class: "entry-top" }, h("span", { class: "entry-title" }, title),
        amount && h("span", { class: down ? "entry-amount down" : "entry-amount" }, amount)),
      lines.filter(Boolean).map((line) => (typeof line === "string" ? h("p", { class: "hint" }, line) : line)),
      h("p", { class: "hint" }, when), more);
  }

  #moment(at) {
    const { f } = this.#app;
    return `${f.date(at)}, ${f.time(at)}`;
  }
}
