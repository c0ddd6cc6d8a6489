// Links to the patient's page.

import * as api from "../api.js";
import { ask, tellDialog } from "../dialog.js";
import { announce, h, whileBusy } from "../dom.js";
import { explain, plural } from "../words.js";

export function linksCard(app, patient) {
  const { f } = app;
  const { working, expires_at: ends, locked } = patient.links;
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const issue = h("button", { type: "button", onclick: () => whileBusy(issue, "One moment\u2026", async () => {
    try {
      const { answer } = await api.post(`/patients/${api.id(patient.patient_id)}/links`);
      show(app, answer);
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
      problem.textContent = explain(error);
      problem.hidden = false;
    }
  }) }, "New link");
  return h("section", { class: "card", "aria-labelledby": "links" },
    h("h2", { id: "links", tabIndex: -1 }, "Links to the patient\u2019s page"),
    h("p", {}, working ? `${plural(working, "link works", "links work")}, the last one until ${f.date(ends)}.` : "No link works now."),
    locked > 0 && h("p", { class: "note" }, `${plural(locked, "link is", "links are")} locked after wrong dates of birth. A new link lets the patient in.`),
    problem,
    h("div", { class: "actions" }, issue,
      working > 0 && h("button", { type: "button", class: "danger", onclick: () => revoke(app, patient) }, "End all links")));
}

function show(app, { url, expires_at: ends }) {
  const address = h("input", { type: "text", readOnly: true, value: url, id: "new-link", onfocus: () => address.select() });
  const copy = h("button", { type: "button", onclick: async () => {
    await navigator.clipboard.writeText(url).then(() => { copy.replaceChildren("Copied"); announce("Copied."); }, () => address.focus());
  } }, "Copy");
  const dialog = tellDialog("New link",
    h("p", {}, `It is shown this once, and works until ${app.f.date(ends)}. The patient still needs their date of birth.`),
    h("div", { class: "field" }, h("label", { htmlFor: "new-link" }, "Link"), address), copy);
  dialog.addEventListener("close", () => app.reload("links", ""));
}

function revoke(app, patient) {
  ask("End all links?", "Every link that the patient has stops working at once, and who is signed in with one is signed out. The next alert brings a new one.", { button: "End all links", danger: true, busy: "Ending\u2026" }, async () => {
    await api.remove(`/patients/${api.id(patient.patient_id)}/links`);
    return () => app.reload("links", "All links were ended.");
  });
}
