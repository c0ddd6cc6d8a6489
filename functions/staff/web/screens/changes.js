// Changes: who changed what, when, from what to what.

import * as api from "../api.js";
import { announce, h, whileBusy } from "../dom.js";
import { CONTACT_STATES, FREQUENCIES, LEVELS, readable } from "../words.js";

const NAMED = { ...LEVELS, ...FREQUENCIES, ...CONTACT_STATES };
const WHICH = ["contact", "payment_id"]; // told with what was changed, and not changed itself
const ACTIONS = {
  all_alerts_paused: "All alerts paused by the operator", all_alerts_resumed: "All alerts let go by the operator",
  practice_exported: "Everything kept of the practice exported", patient_exported: "What is on file of the patient exported", balance_alerts_changed: "Alert settings", profile_changed: "Practice profile", subscription_changed: "Subscription",
  contact_confirmed: "Contact confirmed", contacts_erased: "Contacts erased", entry_recorded: "Ledger entry recorded", hold_set: "Hold set", hold_released: "Hold released",
  link_issued: "Link issued", links_revoked: "Links ended", payment_resolved: "Payment settled by hand", question_answered: "Question answered",
  attention_released: "Released", attention_dismissed: "Dismissed", send_now: "Alert sent now",
  staff_invited: "Colleague invited", staff_changed: "Staff account changed", staff_removed: "Staff account removed",
};
const PATIENT = /^patient (.+)$/;

export async function render(app) {
  const list = h("ul", { class: "entries" });
  let cursor = null;
  const more = h("button", { type: "button", onclick: () => whileBusy(more, "Loading\u2026", async () => {
    const had = list.children.length;
    await add();
    announce(`${list.children.length - had} more`);
    list.children[had]?.focus();
  }) }, "Show more");
  const add = async () => {
    const page = await api.get("/audit", { cursor });
    cursor = page.next_cursor;
    list.append(...page.changes.map((one) => row(app, one)));
    more.hidden = !cursor;
  };
  await add();
  return {
    title: "Changes",
    content: [h("section", { class: "card" },
      h("h1", {}, "Changes"),
      h("p", { class: "lead" }, "Everything that was changed at your practice, newest first. Nothing here can be changed or taken away."),
      list.children.length ? list : h("p", { class: "hint" }, "Nothing yet."), more)],
  };
}

function row(app, one) {
  const { f } = app;
  const [, patient] = PATIENT.exec(one.subject) ?? [];
  const names = [...new Set([...Object.keys(one.before), ...Object.keys(one.after)])];
  return h("li", { class: "entry", tabIndex: -1 },
    h("p", {}, h("strong", {}, ACTIONS[one.action] ?? words(one.action)),
      ...(one.subject === "practice" ? [] : [" \u00b7 ", patient ? app.link(`patients/${api.id(patient)}`, patient) : one.subject])),
    names.map((name) => h("p", { class: "hint" }, `${words(name)}: ${change(name, one, f)}`)),
    one.note && h("p", { class: "said" }, one.note),
    h("p", { class: "hint" }, `${one.by.name}${one.by.level ? `, ${LEVELS[one.by.level]?.toLowerCase() ?? one.by.level}` : ""} \u00b7 ${f.date(one.at)}, ${f.time(one.at)}`));
}

function change(name, { before, after }, f) {
  if (!(name in before) || WHICH.includes(name)) return told(name, after[name], f);
  return `${told(name, before[name], f)} \u2192 ${told(name, after[name], f)}`;
}

const words = (code) => readable(code.replace(/_cents$/, ""));

function told(name, value, f) {
  if (value === null || value === undefined || value === "") return "nothing";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number" && name.endsWith("_cents")) return f.money(value);
  if (Array.isArray(value)) return value.length ? value.join(", ") : "nothing";
  return typeof value === "object" ? Object.entries(value).map(([key, one]) => `${words(key)} ${one}`).join(", ") : NAMED[value] ?? String(value);
}
