// The date of birth: three labelled fields, in the order the language writes dates.

import { h } from "./dom.js";

const ORDERS = { en: ["month", "day", "year"], es: ["day", "month", "year"] };

export class BirthDate {
  constructor(app, prefix) {
    this.app = app;
    this.prefix = prefix;
    this.fields = Object.fromEntries(["month", "day", "year"].map((part) => [part, this.#field(part)]));
    this.problem = h("p", { class: "problem", id: `${prefix}-problem`, hidden: true });
    const order = ORDERS[app.language];
    this.element = h("fieldset", { class: "birth-date" },
      h("legend", {}, app.t.signIn.legend),
      h("p", { class: "hint", id: `${prefix}-hint` }, app.t.signIn.hint),
      this.problem,
      h("div", { class: "parts" }, order.map((part) =>
        h("div", { class: `part ${part}` },
          h("label", { for: `${prefix}-${part}` }, app.t.signIn[part]), this.fields[part]))));
    this.element.addEventListener("paste", (event) => this.#paste(event));
  }

  #field(part) {
    return h("input", {
      id: `${this.prefix}-${part}`, name: part, type: "text", inputMode: "numeric",
      autocomplete: `bday-${part}`, maxLength: part === "year" ? 4 : 2, required: true,
      "aria-describedby": `${this.prefix}-hint`,
    });
  }

  // A whole date pasted into any field fills all three.
  #paste(event) {
    const parts = readDate(event.clipboardData.getData("text"), this.app.language);
    if (!parts) return;
    event.preventDefault();
    for (const [part, value] of Object.entries(parts)) this.fields[part].value = value;
    this.fields.year.focus();
  }

  // The ISO date typed, or null after saying what is wrong and going there.
  read() {
    const typed = Object.fromEntries(
      Object.entries(this.fields).map(([part, field]) => [part, field.value.trim()]));
    const [wrong, problem] = faultOf(typed) ?? [];
    this.say(problem ? this.app.t.signIn[problem] : "", wrong);
    if (problem) {
      this.fields[wrong].focus();
      return null;
    }
    return isoDate(typed);
  }

  // Show a problem with one field, or with the date as a whole.
  say(text, wrong = null) {
    this.problem.hidden = !text;
    this.problem.textContent = text;
    for (const [part, field] of Object.entries(this.fields)) {
      const faulty = Boolean(text) && (wrong === null || part === wrong);
      field.setAttribute("aria-invalid", String(faulty));
      field.setAttribute("aria-describedby", text ? `${this.prefix}-problem` : `${this.prefix}-hint`);
    }
  }

  clear() {
    for (const field of Object.values(this.fields)) field.value = "";
  }

  focus() {
    this.fields[ORDERS[this.app.language][0]].focus();
  }
}

function readDate(text, language) {
  const iso = text.match(/^\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\s*$/);
  if (iso) return { year: iso[1], month: iso[2], day: iso[3] };
  const written = text.match(/^\s*(\d{1,2})[-/.\s](\d{1,2})[-/.\s](\d{4})\s*$/)
    ?? text.match(/^\s*(\d{2})(\d{2})(\d{4})\s*$/);
  if (!written) return null;
  return Object.fromEntries(ORDERS[language].map((part, index) => [part, written[index + 1]]));
}

function faultOf({ month, day, year }) {
  for (const [part, value] of Object.entries({ month, day, year })) {
    if (!value) return [part, `${part}Missing`];
  }
  if (!/^\d{1,2}$/.test(month) || Number(month) < 1 || Number(month) > 12) return ["month", "monthWrong"];
  if (!/^\d{1,2}$/.test(day) || Number(day) < 1 || Number(day) > 31) return ["day", "dayWrong"];
  if (!/^\d{4}$/.test(year) || Number(year) < 1850) return ["year", "yearWrong"];
  const date = new Date(`${isoDate({ month, day, year })}T00:00:00Z`);
  if (Number.isNaN(date.valueOf()) || date.getUTCDate() !== Number(day)) return ["day", "noSuchDay"];
  if (date > Date.now() + 864e5) return ["year", "inTheFuture"];
  return null;
}

const isoDate = ({ month, day, year }) => `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
