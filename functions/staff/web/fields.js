// Forms: fields with label, hint and problem, and what to do when a form is refused.

import { ApiError } from "./api.js";
import { announce, h, whileBusy } from "./dom.js";
import { explain } from "./words.js";

// A labelled field. `name` is what the API calls it, so that its refusals find their field.
export function field(name, label, input, { hint = null, optional = false } = {}) {
  input.id ||= `field-${name.replaceAll(".", "-")}`;
  input.dataset.field = name;
  const told = hint && h("p", { class: "hint", id: `${input.id}-hint` }, hint);
  if (told) input.setAttribute("aria-describedby", told.id);
  return h("div", { class: "field" },
    h("label", { htmlFor: input.id }, label, optional && h("span", { class: "optional" }, " (optional)")), told, input);
}

export const textInput = (value, more = {}) => h("input", { type: "text", value: value ?? "", autocomplete: "off", ...more });

export function select(options, chosen, more = {}) {
  return h("select", more, Object.entries(options).map(([value, words]) =>
    h("option", { value, selected: value === chosen }, words)));
}

// One of several choices.
export function choices(name, legend, options, chosen, { hint = null } = {}) {
  return group(name, legend, hint, Object.entries(options).map(([value, words]) => h("label", { class: "choice" },
    h("input", { type: "radio", name, value, checked: value === chosen }), h("span", { class: "choice-label" }, words))));
}

// Several of several choices.
export function boxes(name, legend, options, chosen, { hint = null } = {}) {
  return group(name, legend, hint, Object.entries(options).map(([value, words]) => h("label", { class: "choice" },
    h("input", { type: "checkbox", name, value, checked: chosen.includes(value) }), h("span", { class: "choice-label" }, words))));
}

function group(name, legend, hint, labels) {
  const told = hint && h("p", { class: "hint", id: `group-${name}-hint` }, hint);
  return h("fieldset", { class: "field", "aria-describedby": told?.id ?? null, "data-field": name, tabIndex: -1 },
    h("legend", {}, legend), told, h("div", { class: "choices" }, labels));
}

export const chosenOf = (form, name) => [...form.querySelectorAll(`[name="${name}"]:checked`)].map(({ value }) => value);

export function check(name, words, checked, { hint = null } = {}) {
  const input = h("input", { type: "checkbox", id: `field-${name}`, checked, "data-field": name, "aria-describedby": hint ? `field-${name}-hint` : null });
  return h("div", { class: "field" },
    h("label", { class: "choice plain" }, input, h("span", { class: "choice-label" }, words)),
    hint && h("p", { class: "hint", id: `field-${name}-hint` }, hint));
}

// A mistake found while reading a form, at the field where it is.
export class FieldProblem extends Error {
  constructor(name, message) {
    super(message);
    this.field = name;
  }
}

// Send a form: `work` reads and saves it. What is wrong is said at its field, else above the button.
export async function submit(form, button, work, { busy = "Saving\u2026", done = null } = {}) {
  clear(form);
  await whileBusy(button, busy, async () => {
    try {
      await work();
    } catch (error) {
      tell(form, error);
      return;
    }
    if (done) announce(done);
  });
}

// Take away what was said before.
export function clear(form) {
  form.querySelectorAll(".problem").forEach((one) => one.remove());
  for (const one of form.querySelectorAll("[aria-invalid]")) {
    one.removeAttribute("aria-invalid");
    const hint = document.getElementById(`${one.id}-hint`);
    if (hint) one.setAttribute("aria-describedby", hint.id);
    else one.removeAttribute("aria-describedby");
  }
}

// Say what is wrong at its field, which gets the focus, else above the button.
export function tell(form, error) {
  const { inField, words } = placed(form, error);
  if (!inField) {
    const said = h("p", { class: "problem", role: "alert", tabIndex: -1 }, words);
    (form.querySelector(".actions") ?? form.lastElementChild).before(said);
    said.scrollIntoView({ block: "nearest" });
    return;
  }
  const said = mark(inField, words);
  inField.focus();
  said.scrollIntoView({ block: "nearest" });
}

// Say it at its field while somebody types, who keeps the focus; returns it with the field's label, for elsewhere.
export function tellMeanwhile(form, error) {
  clear(form);
  const { inField, words } = placed(form, error);
  if (!inField) return words;
  mark(inField, words);
  const label = inField.tagName === "FIELDSET" ? inField.querySelector("legend") : form.querySelector(`label[for="${inField.id}"]`);
  return `${label.firstChild.textContent}: ${words}`;
}

function placed(form, error) {
  if (!(error instanceof ApiError) && !(error instanceof FieldProblem)) throw error;
  const inField = fieldOf(form, error);
  return { inField, words: error instanceof FieldProblem ? error.message : inWords(explain(error), inField) };
}

function mark(inField, words) {
  const said = h("p", { class: "problem", id: `${inField.id || `group-${inField.dataset.field}`}-problem` }, words);
  if (inField.tagName === "FIELDSET") inField.querySelector(".choices").before(said);
  else {
    inField.setAttribute("aria-invalid", "true");
    inField.closest(".field").append(said);
  }
  inField.setAttribute("aria-describedby", `${inField.getAttribute("aria-describedby") ?? ""} ${said.id}`.trim());
  return said;
}

const NAMED = /^([a-z_.]+)(\[\d+\])?(: | )/; // how a refusal begins: "send_window.opens must be ..."

const inWords = (detail, inField) => detail.replace(NAMED, (all, name, at, sign) => (sign === ": " ? "" : inField ? "This " : all));

const BY_CODE = {
  no_send_days: "send_days", send_window_too_short: "send_window.opens", send_window_out_of_hours: "send_window.opens",
  short_name_too_long: "short_name", invalid_phone: "phone", invalid_name: "display_name", unknown_time_zone: "time_zone",
  invalid_id: "patient_id", amount_zero: "amount_cents", amount_not_positive: "amount_cents", amount_too_large: "amount_cents",
};

// The field that a refusal speaks of.
function fieldOf(form, error) {
  const named = error instanceof FieldProblem ? error.field : NAMED.exec(error.detail ?? "")?.[1];
  const byCode = BY_CODE[error.code] ?? /^(mobile|email)_/.exec(error.code ?? "")?.[1];
  const found = [named, byCode].filter(Boolean).map((name) => form.querySelector(`[data-field="${name}"]`));
  return found.find((one) => one && !one.closest("[hidden]")) ?? null;
}

// A whole number within bounds, or null where the field is empty and may be.
export function wholeNumber(input, { least, most, optional = false, words }) {
  const typed = input.value.trim();
  if (!typed && optional) return null;
  const number = /^\d{1,9}$/.test(typed) ? Number(typed) : NaN;
  if (!(number >= least && number <= most)) throw new FieldProblem(input.dataset.field, words);
  return number;
}
