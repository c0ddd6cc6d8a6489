// Holds: why alerts pause, and until when.

import * as api from "../api.js";
import { ask, formDialog } from "../dialog.js";
import { h } from "../dom.js";
import { FieldProblem, field, select, textInput } from "../fields.js";
import { HOLDS, HOLDS_THAT_REVOKE, HOLDS_WITHOUT_END } from "../words.js";

export function holdsCard(app, patient) {
  const { f } = app;
  return h("section", { class: "card", "aria-labelledby": "holds" },
    h("h2", { id: "holds", tabIndex: -1 }, "Holds"),
    patient.holds.length === 0
      ? h("p", { class: "hint" }, "None. While there is one, no alerts go out.")
      : h("ul", { class: "rows" }, patient.holds.map((one) => h("li", {},
        h("div", {}, h("strong", {}, HOLDS[one.reason] ?? one.reason), ` ${one.until ? `through ${f.calendarDate(one.until)}` : "without end"}${one.active ? "" : " (over)"}`,
          one.note && h("p", {}, one.note),
          one.set_by && one.set_at && h("p", { class: "hint" }, `Set by ${one.set_by} on ${f.date(one.set_at)}`)),
        h("button", { type: "button", class: "small", "aria-label": `Release: ${HOLDS[one.reason]}`, onclick: () => release(app, patient, one) }, "Release")))),
    h("div", { class: "actions" }, h("button", { type: "button", onclick: () => add(app, patient) }, "Hold alerts")));
}

function add(app, patient) {
  const reason = select(HOLDS, "dispute");
  const until = h("input", { type: "date" });
  const note = textInput("", { maxLength: 500 });
  const warning = h("p", { class: "note", hidden: true }, "This also ends the patient\u2019s links and online payment.");
  reason.addEventListener("change", () => { warning.hidden = !HOLDS_THAT_REVOKE.includes(reason.value); });
  formDialog("Hold alerts", [
    field("reason", "Reason", reason), warning,
    field("until", "Through", until, { hint: "The last day of the hold. Only deceased, bankruptcy, workers\u2019 compensation and agency may have none." }),
    field("note", "Note", note, { hint: "For your colleagues; patients do not see it.", optional: true }),
  ], { button: "Hold alerts", busy: "Saving\u2026" }, async () => {
    if (!until.value && !HOLDS_WITHOUT_END.includes(reason.value)) throw new FieldProblem("until", "Choose the last day of the hold.");
    await api.put(`/patients/${api.id(patient.patient_id)}/holds/${reason.value}`, { until: until.value || null, note: note.value.trim() || null });
    return () => app.reload("holds", "Alerts are on hold.");
  });
}

function release(app, patient, { reason }) {
  ask("Release this hold?", `${HOLDS[reason]}: alerts may go out again, if nothing else keeps them.`, { button: "Release", busy: "Releasing\u2026" }, async () => {
    await api.remove(`/patients/${api.id(patient.patient_id)}/holds/${reason}`);
    return () => app.reload("holds", "The hold was released.");
  });
}
