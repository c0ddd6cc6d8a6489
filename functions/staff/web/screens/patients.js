// Patients: all by name, or found by name, id, number or address.

import * as api from "../api.js";
import { announce, h, whileBusy } from "../dom.js";
import { field, textInput } from "../fields.js";
import { nextAlertShort } from "../next-alert.js";
import { table } from "../table.js";

const COLUMNS = [{ title: "Patient" }, { title: "Balance", number: true }, { title: "Alerts by" }, { title: "Next alert" }];

export async function render(app, { query = "" }) {
  const [first] = await Promise.all([api.get("/patients", { query }), app.loadPractice()]);
  let { patients, next_cursor: cursor } = first;
  const list = h("div", {});
  const more = h("button", { type: "button", onclick: () => whileBusy(more, "Loading\u2026", next) }, "Show more");
  const draw = () => {
    list.replaceChildren(patients.length === 0
      ? h("p", {}, query ? `Nobody was found for \u201c${query}\u201d. Try the beginning of a last or first name, a patient id, a whole mobile number or an email address.` : "There are no patients yet. Add one, or import a file of them.")
      : table("Patients", COLUMNS, patients.map((one) => row(app, one))));
    more.hidden = !cursor;
  };
  const next = async () => {
    const had = patients.length;
    const page = await api.get("/patients", { query, cursor });
    patients = [...patients, ...page.patients];
    cursor = page.next_cursor;
    draw();
    announce(`${page.patients.length} more patients`);
    list.querySelectorAll("tbody a")[had]?.focus();
  };
  draw();
  const input = textInput(query, { type: "search", maxLength: 200 });
  const form = h("form", { role: "search", class: "search" },
    field("query", "Find a patient", input, { hint: "Name, patient id, mobile number or email address" }),
    h("div", { class: "actions" },
      h("button", { class: "primary" }, "Search"), query && app.link("patients", "Show all")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = input.value.trim();
    const address = wanted ? `patients?${new URLSearchParams({ query: wanted })}` : "patients";
    if (`#/${address}` === window.location.hash) app.show();
    else app.go(address);
  });
  return {
    title: query ? `Patients: ${query}` : "Patients",
    content: [h("section", { class: "card" }, h("div", { class: "heading" }, h("h1", {}, "Patients"), h("a", { class: "button", href: "#/new-patient" }, "Add a patient")), form, list, more)],
  };
}

function row({ f, link, practice }, one) {
  const { text, email } = one.subscription;
  return [
    link(`patients/${api.id(one.patient_id)}`, `${one.last_name}, ${one.first_name}`),
    one.balance_cents < 0 ? `${f.money(-one.balance_cents)} credit` : f.money(one.balance_cents),
    [text && "Text", email && "Email"].filter(Boolean).join(" and ") || "Not subscribed",
    nextAlertShort(one, practice, f),
  ];
}
