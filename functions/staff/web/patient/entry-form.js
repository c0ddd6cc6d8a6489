// What the front desk records in a patient's ledger: charges, payments and what corrects them.

import * as api from "../api.js";
import { DayInput } from "../days.js";
import { formDialog } from "../dialog.js";
import { h } from "../dom.js";
import { FieldProblem, choices, chosenOf, field, select, textInput } from "../fields.js";
import { centsOf } from "../format.js";
import { CAUSES } from "../words.js";

const KINDS = {
  responsibility: { title: "Charge", told: "What the patient owes after insurance. Alerts start or go on with it.", asks: ["service_date", "cause", "payer"] },
  payment: { title: "Payment", told: "Money that the patient gave you. Payments on the patient\u2019s page are added by themselves.", asks: ["method"] },
  adjustment: { title: "Adjustment", told: "A discount, a write-off, or a balance from before. It starts no alerts.", asks: ["direction"] },
  refund: { title: "Refund", told: "Money that you gave back to the patient. They owe that much more again.", asks: ["method"] },
  chargeback: { title: "Chargeback", told: "A card payment that the bank took back. The patient owes it again; alerts are on hold for 60 days.", asks: [] },
};
const DIRECTIONS = { less: "They owe less", more: "They owe more" };
const TAKEN_BY = { "": "Not said", card: "Card", cash: "Cash", check: "Check", ach: "Bank transfer" };
const NEW_CASE = "";

export function recordEntry(app, patient) {
  const form = new EntryForm(app, patient);
  postDialog(app, patient.patient_id, "Record a charge or payment", form.content, { button: "Record", what: "Recorded." }, () => form.read());
}

// A form for one entry, whose id is made when it opens: sent twice it is there once.
function postDialog(app, patientId, title, content, { button, what }, read) {
  const entryId = `desk-${api.clickKey()}`;
  let unsure = false; // it may be there although no answer came
  const dialog = formDialog(title, content, { button, busy: "Saving\u2026" }, async () => {
    try {
      await api.post(`/patients/${api.id(patientId)}/entries`, { entry_id: entryId, ...read() });
    } catch (error) {
      if (error.code === "entry_conflict") throw new FieldProblem("", "The first try was recorded after all, as it was typed then. Close this, and reverse that entry if it is wrong.");
      unsure ||= error.status === 0 || error.status >= 500;
      throw error;
    }
    unsure = false;
    return () => app.reload("next-alert", what);
  });
  dialog.addEventListener("close", () => unsure && app.reload("next-alert", "The page shows what is recorded."));
}

class EntryForm {
  #newCase = `case-${api.clickKey()}`;
  #kind = select(Object.fromEntries(Object.entries(KINDS).map(([kind, { title }]) => [kind, title])), "responsibility");
  #told = h("p", { class: "note", role: "status" });
  #amount = textInput("", { inputMode: "decimal", maxLength: 14 });
  #day;
  #case;
  #label = textInput("", { maxLength: 100 });
  #labelField = field("case_label", "Name of the new case", this.#label, { hint: "Such as: Right knee. The patient sees it." });
  #direction = choices("direction", "Which way?", DIRECTIONS, null);
  #inputs = {
    service_date: h("input", { type: "date" }),
    cause: select({ "": "Not said", ...CAUSES }, ""),
    payer: textInput("", { maxLength: 100 }),
    method: select(TAKEN_BY, ""),
    description: textInput("", { maxLength: 300 }),
  };
  #fields = {
    direction: this.#direction,
    service_date: field("service_date", "Day of the visit", this.#inputs.service_date, { optional: true }),
    cause: field("cause", "Why the patient pays it", this.#inputs.cause),
    payer: field("payer", "Insurer that decided it", this.#inputs.payer, { optional: true }),
    method: field("method", "Paid by", this.#inputs.method),
  };

  #balance;
  #money;
  #sure = h("input", { type: "checkbox", id: "field-sure", "data-field": "sure" });
  #sureWords = h("span", { class: "choice-label" });
  #sureField = h("div", { class: "field", hidden: true }, h("label", { class: "choice plain" }, this.#sure, this.#sureWords));

  constructor(app, patient) {
    this.#balance = patient.balance_cents;
    this.#money = app.f.money;
    this.#day = new DayInput(app);
    const cases = patient.cases.map((one) => [one.case_id, `${one.label || `Case ${one.case_id}`}: ${app.f.money(one.balance_cents)}`]);
    const [first] = cases;
    this.#case = select({ ...Object.fromEntries(cases), [NEW_CASE]: "A new case" }, first ? first[0] : NEW_CASE);
    this.#kind.addEventListener("change", () => this.#show());
    this.#case.addEventListener("change", () => this.#show());
    this.#show();
  }

  get content() {
    return [
      field("kind", "What is it?", this.#kind), this.#told, this.#direction,
      h("div", { class: "two" },
        field("amount_cents", "Amount in dollars", this.#amount),
        field("recorded_at", "Day", this.#day.input)),
      field("case_id", "Case", this.#case), this.#labelField,
      ...["service_date", "cause", "payer", "method"].map((name) => this.#fields[name]),
      field("description", "Note", this.#inputs.description, { hint: "The patient sees it on their page.", optional: true }),
      this.#sureField,
    ];
  }

  get #chosen() {
    return { kind: this.#kind.value, ...KINDS[this.#kind.value] };
  }

  #show() {
    const { told, asks } = this.#chosen;
    this.#told.textContent = told;
    for (const [name, shown] of Object.entries(this.#fields)) shown.hidden = !asks.includes(name);
    this.#labelField.hidden = this.#case.value !== NEW_CASE;
  }

  read() {
    const { kind, asks } = this.#chosen;
    const asked = Object.entries(this.#inputs).filter(([name]) => name === "description" || asks.includes(name));
    const said = asked.map(([name, input]) => [name, input.value.trim()]).filter(([, value]) => value);
    const entry = { kind, amount_cents: this.#cents(asks), recorded_at: this.#day.read(), ...this.#whichCase(), ...Object.fromEntries(said) };
    this.#askIfMoreThanOwed(entry);
    return entry;
  }

  #cents(asks) {
    const [direction] = chosenOf(this.#direction, "direction");
    if (asks.includes("direction") && !direction) throw new FieldProblem("direction", "Choose whether they owe less or more.");
    const cents = centsOf(this.#amount.value);
    if (!cents) throw new FieldProblem("amount_cents", "Enter an amount above zero, such as 40 or 40.50.");
    return asks.includes("direction") && direction === "less" ? -cents : cents;
  }

  // More than is owed may be meant; a slip of the finger looks the same.
  #askIfMoreThanOwed({ kind, amount_cents: cents }) {
    const change = kind === "payment" ? -cents : cents;
    const after = this.#balance + change;
    if (change >= 0 || after >= 0) {
      this.#sureField.hidden = true;
      return;
    }
    const words = `It is right: the patient then has a credit of ${this.#money(-after)}`;
    if (this.#sureField.hidden || this.#sureWords.textContent !== words) this.#sure.checked = false;
    this.#sureWords.textContent = words;
    this.#sureField.hidden = false;
    if (this.#sure.checked) return;
    const owed = this.#balance > 0 ? `only ${this.#money(this.#balance)} is owed` : "nothing is owed";
    throw new FieldProblem("sure", `This is more than is owed: ${owed}. Correct the amount, or say that it is right.`);
  }

  #whichCase() {
    if (this.#case.value !== NEW_CASE) return { case_id: this.#case.value };
    const label = this.#label.value.trim();
    if (!label) throw new FieldProblem("case_label", "Give the new case a name.");
    return { case_id: this.#newCase, case_label: label };
  }
}

// An entry is never changed: another one takes it back in full.
export function reverseEntry(app, patientId, entry, words) {
  const { f } = app;
  const note = textInput("", { maxLength: 300 });
  const at = api.now().toISOString();
  const amount = f.money(Math.abs(entry.change_cents));
  postDialog(app, patientId, "Reverse this entry?", [
    h("p", {}, `${words} of ${amount}, recorded on ${f.date(entry.recorded_at)}. A correction takes it back in full: the patient owes ${amount} ${entry.change_cents < 0 ? "more" : "less"}. Both stay in the list.`),
    field("description", "Why", note, { hint: "The patient sees it on their page.", optional: true }),
  ], { button: "Reverse", what: "Reversed." }, () => ({
    kind: "adjustment", amount_cents: -entry.change_cents, case_id: entry.case_id, recorded_at: at, reverses: entry.entry_id,
    ...(note.value.trim() && { description: note.value.trim() }),
  }));
}
