// Who a patient is, as fields of a form.

import { FieldProblem, field, select, textInput } from "../fields.js";
import { h } from "../dom.js";
import { LANGUAGES } from "../words.js";
import { zoneWords, zonesWith } from "../zones.js";

export const COVERAGE = { "": "Not known", false: "No", true: "Yes" };

export class DetailFields {
  #inputs;

  // The fields hold what is on file of `patient`, if there is one.
  constructor({ practice }, patient = {}) {
    const zones = { "": `The practice\u2019s: ${zoneWords(practice.time_zone)}`, ...zonesWith(patient.time_zone) };
    this.#inputs = {
      first_name: textInput(patient.first_name, { maxLength: 100 }),
      last_name: textInput(patient.last_name, { maxLength: 100 }),
      date_of_birth: h("input", { type: "date", value: patient.date_of_birth ?? "" }),
      language: select(LANGUAGES, patient.language ?? "en"),
      time_zone: select(zones, patient.time_zone ?? ""),
      member_ids: textInput(patient.member_ids?.join(", "), { maxLength: 1_000 }),
      other_coverage: select(COVERAGE, String(patient.other_coverage ?? "")),
    };
  }

  get identity() {
    const { first_name: first, last_name: last, date_of_birth: born } = this.#inputs;
    return [
      h("div", { class: "two" }, field("first_name", "First name", first), field("last_name", "Last name", last)),
      field("date_of_birth", "Date of birth", born, { hint: "The patient signs in with it on their page." }),
    ];
  }

  get more() {
    const { language, time_zone: zone, member_ids: ids, other_coverage: other } = this.#inputs;
    return [
      field("language", "Language", language, { hint: "Of alerts and receipts." }),
      field("time_zone", "Time zone", zone, { hint: "Where the patient lives." }),
      field("member_ids", "Member ids", ids, { hint: "Of their insurance cards, separated by commas. Remittances find the patient by them.", optional: true }),
      field("other_coverage", "Does another insurer pay too?", other, { hint: "If so, what the first one leaves to the patient waits on Today for somebody to look at." }),
    ];
  }

  // Everything as the API takes it; null where there is nothing.
  read() {
    const typed = (name) => this.#inputs[name].value.trim();
    for (const [name, words] of [["first_name", "Enter the first name."], ["last_name", "Enter the last name."], ["date_of_birth", "Enter the date of birth."]]) {
      if (!typed(name)) throw new FieldProblem(name, words);
    }
    const ids = typed("member_ids").split(/[,;]/).map((one) => one.trim()).filter(Boolean);
    return {
      first_name: typed("first_name"),
      last_name: typed("last_name"),
      date_of_birth: typed("date_of_birth"),
      language: typed("language"),
      time_zone: typed("time_zone") || null,
      member_ids: ids.length ? ids : null,
      other_coverage: { true: true, false: false }[typed("other_coverage")] ?? null,
    };
  }
}
