// Ledger entries in plain words.

import { h } from "./dom.js";

// What the server says where the practice said nothing: the title says it already.
const STOCK = /^(Your share( \(\w+\))?|((Card|Check|Cash) )?Payment, thank you|(Check|Cash), thank you|Refund to you|Card payment taken back by your bank|Correction|Adjustment)$/i;
const PAID_BY = /^(Card|Check|Cash)( payment)?, thank you$/i;

export function entryList(app, entries, labels = null) {
  return h("ul", { class: "entries" }, entries.map((entry) => entryRow(app, entry, labels)));
}

function entryRow(app, entry, labels) {
  const { f } = app;
  const label = labels?.get(entry.case_id);
  const details = [label, why(app, entry), said(entry), when(app, entry)].filter(Boolean);
  return h("li", { class: "entry" },
    h("div", { class: "entry-top" },
      h("span", { class: "entry-title" }, title(app, entry)),
      h("span", { class: entry.amount_cents < 0 ? "entry-amount down" : "entry-amount" }, f.signed(entry.amount_cents))),
    details.map((text) => h("p", { class: "hint" }, text)));
}

function title({ t, f }, entry) {
  const words = t.entry;
  switch (entry.kind) {
    case "responsibility":
      return entry.service_date ? words.responsibilityOn(f.calendarDate(entry.service_date)) : words.responsibility;
    case "adjustment":
      return entry.amount_cents < 0 ? words.adjustmentDown : words.adjustmentUp;
    case "payment": {
      const method = PAID_BY.exec(entry.description ?? "")?.[1].toLowerCase();
      return method ? words.paidBy[method] : words.payment;
    }
    default:
      return words[entry.kind] ?? entry.kind;
  }
}

// Why it is the patient's to pay: "Deductible and copay, as decided by Medicare Part B".
function why({ t, f }, entry) {
  if (entry.kind !== "responsibility") return null;
  const causes = (entry.cause ?? "").split(",").map((cause) => cause.trim()).filter(Boolean);
  if (causes.length === 0) return entry.payer ? t.entry.payer(entry.payer) : null;
  const words = f.list(causes.map((cause) => t.causes[cause] ?? cause.replaceAll("_", " ")));
  return t.entry.cause(words.charAt(0).toUpperCase() + words.slice(1), causes.includes("self_pay") ? null : entry.payer);
}

const said = ({ description }) => (STOCK.test(description ?? "") ? null : description);

const when = ({ t, f }, entry) =>
  (entry.kind === "payment" ? t.entry.paid : t.entry.recorded)(f.date(entry.recorded_at));
