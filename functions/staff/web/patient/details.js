// Who the patient is: shown, and changed.

import * as api from "../api.js";
import { formDialog } from "../dialog.js";
import { h } from "../dom.js";
import { LANGUAGES, fullName } from "../words.js";
import { zoneWords } from "../zones.js";
import { COVERAGE, DetailFields } from "./detail-fields.js";

export function detailsCard(app, patient) {
  const { f } = app;
  const rows = [
    ["Name", fullName(patient)],
    ["Date of birth", f.calendarDate(patient.date_of_birth)],
    ["Language", LANGUAGES[patient.language] ?? patient.language],
    ["Time zone", patient.time_zone ? zoneWords(patient.time_zone) : "The practice\u2019s"],
    ["Member ids", patient.member_ids.join(", ") || "None"],
    ["Another insurer pays too", COVERAGE[String(patient.other_coverage ?? "")]],
  ];
  return h("section", { class: "card", "aria-labelledby": "details" },
    h("h2", { id: "details", tabIndex: -1 }, "Details"),
    h("dl", { class: "facts" }, rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
    h("div", { class: "actions" }, h("button", { type: "button", onclick: () => change(app, patient) }, "Change details")));
}

function change(app, patient) {
  const fields = new DetailFields(app, patient);
  const before = fields.read();
  formDialog("Change details", [fields.identity, fields.more].flat(), { button: "Save", busy: "Saving\u2026" }, async () => {
    const changed = Object.entries(fields.read()).filter(([name, value]) => String(value) !== String(before[name]));
    if (changed.length) await api.put(`/patients/${api.id(patient.patient_id)}`, Object.fromEntries(changed));
    return () => app.reload("details", "Saved.");
  });
}
