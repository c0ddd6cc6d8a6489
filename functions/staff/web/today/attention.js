// Payments, charges, parked claims, links and contacts that need somebody's look.

import * as api from "../api.js";
import { formDialog } from "../dialog.js";
import { h } from "../dom.js";
import { FieldProblem, choices, chosenOf, field, textInput } from "../fields.js";
import { cardWords, paymentNumber } from "../payment-words.js";
import { CHANNELS, CONTACT_STATES, readable } from "../words.js";

const SETTLES = "therapy_director";

const KINDS = {
  payment: { title: "Payments being confirmed", text: "The card service has given no final answer yet. It is looked up again and again; after 24 hours a therapy director may settle it by hand." },
  orphan_charge: { title: "Charges that fit no payment", text: "The card service has them, or has changed them, and the ledger does not fit. Compare the two, correct what is wrong, then dismiss." },
  possible_duplicate: { title: "Payments that may be there already", text: "Imported without a reference, with the same amount and about the same day as an online payment.", release: "Count it as well" },
  parked_claim: { title: "Parked claims", text: "From insurers\u2019 remittances, not added to any balance until somebody looks.", release: "Add to the balance" },
  locked_link: { title: "Locked links", text: "Somebody entered wrong dates of birth. The patient may need a new link." },
  unreachable_contact: { title: "Contacts that cannot be reached", text: "Ask the patient for the right one, and change or confirm it on their page." },
};

const REASONS = {
  unknown: "No final answer", held: "Held for review by the card service",
  locked: "Locked for 15 minutes", ended: "Ended after 15 wrong tries",
};

// `home` is the id of what has the focus once one of them is decided on.
export function attentionGroups(app, people, items, home) {
  return Object.entries(KINDS).map(([kind, words]) => {
    const own = items.filter((one) => one.kind === kind);
    return own.length > 0 && h("section", { class: kind === "payment" ? "card urgent" : "card", "aria-labelledby": `kind-${kind}` },
      h("h2", { id: `kind-${kind}` }, words.title), h("p", { class: "hint" }, words.text),
      h("ul", { class: "rows" }, own.map((one) => row({ app, people, home }, one, words))));
  });
}

function row({ app, people, home }, one, words) {
  const { f } = app;
  const what = CONTACT_STATES[one.reason] ?? REASONS[one.reason] ?? readable(one.reason);
  const facts = [
    one.channel && CHANNELS[one.channel], one.case_id && `Case ${one.case_id}`, paymentNumber(one), cardWords(one), one.trans_id && `Transaction ${one.trans_id}`,
    one.import_id && `Import ${one.import_id}, line ${one.line}`,
  ].filter(Boolean);
  return h("li", {},
    h("div", {},
      h("p", {}, one.amount_cents !== null && h("strong", {}, `${f.money(one.amount_cents)} `), what, one.patient_id && [" \u00b7 ", people.link(one.patient_id)]),
      facts.length > 0 && h("p", { class: "hint" }, facts.join(" \u00b7 ")),
      one.at && h("p", { class: "hint" }, `Since ${f.date(one.at)}, ${f.time(one.at)}`)),
    h("div", { class: "row-actions" },
      one.actions.map((action) => h("button", {
        type: "button", class: "small", onclick: () => decide({ app, home }, one, action, words),
        "aria-label": `${action === "release" ? words.release ?? "Release" : "Dismiss"}: ${[what, ...facts].join(", ")}`,
      }, action === "release" ? words.release ?? "Release" : "Dismiss")),
      one.kind === "payment" && app.may(SETTLES) && h("button", { type: "button", class: "small", "aria-label": `Settle by hand: ${f.money(one.amount_cents)}`, onclick: () => settle({ app, home }, one) }, "Settle by hand")));
}

function decide({ app, home }, one, action, words) {
  const note = textInput("", { maxLength: 500 });
  const title = action === "release" ? words.release ?? "Release" : "Dismiss";
  formDialog(`${title}?`, [
    h("p", {}, action === "release" ? "It is then part of the patient\u2019s balance." : "It leaves this list, and nothing else changes."),
    field("note", "Why", note, { hint: "Kept in the audit trail.", optional: true }),
  ], { button: title }, async () => {
    await api.post(`/attention/${api.id(one.item_id)}`, { action, ...(note.value.trim() && { note: note.value.trim() }) });
    return () => app.reload(home, "Done.");
  });
}

// What to look for at the card service.
function looksLike({ f }, one) {
  return [
    ["Payment number", one.payment_id], ["Amount", f.money(one.amount_cents)], ["Begun", `${f.date(one.at)}, ${f.time(one.at)}`],
    ["Card", cardWords(one)], ["Transaction", one.trans_id],
  ].filter(([, value]) => value);
}

function settle({ app, home }, one) {
  const trans = textInput(one.trans_id, { maxLength: 64 });
  const note = textInput("", { maxLength: 500 });
  formDialog(`Settle ${app.f.money(one.amount_cents)} by hand`, [
    h("p", {}, "Look for the payment in the card service\u2019s own pages first. There the payment number is called the invoice number."),
    h("dl", { class: "facts" }, looksLike(app, one).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
    choices("outcome", "What did you find?", { charged: "The card was charged", not_charged: "The card was not charged" }, null),
    field("trans_id", "Transaction id", trans, { hint: "As the card service shows it, if the card was charged.", optional: true }),
    field("note", "How you know", note, { hint: "Kept in the audit trail." }),
  ], { button: "Settle", busy: "Saving\u2026" }, async (form) => {
    const [outcome] = chosenOf(form, "outcome");
    if (!outcome) throw new FieldProblem("outcome", "Choose what you found.");
    if (outcome === "charged" && !trans.value.trim()) throw new FieldProblem("trans_id", "Enter the transaction id.");
    if (!note.value.trim()) throw new FieldProblem("note", "Say how you know.");
    await api.post(`/payments/${api.id(one.payment_id)}/resolve`, {
      outcome, note: note.value.trim(), ...(outcome === "charged" && { trans_id: trans.value.trim() }),
    });
    return () => app.reload(home, "The payment is settled.");
  });
}
