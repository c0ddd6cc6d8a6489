// A receipt to keep: printed, it stands alone.

import { h } from "./dom.js";

// The gateway's spelling of brands, where it is nobody else's.
const BRANDS = { AmericanExpress: "American Express", DinersClub: "Diners Club", MasterCard: "Mastercard" };

export function receiptCard(app, payment, { heading }) {
  const { t, f, practice } = app;
  const receipt = payment.receipt ?? {};
  const words = t.receipt;
  const at = receipt.paid_at ?? payment.recorded_at;
  const card = receipt.last_four && words.cardEnding(BRANDS[receipt.card_type] ?? receipt.card_type, receipt.last_four);
  const row = (word, value) => value && h("div", {}, h("dt", {}, word), h("dd", {}, value));
  return h("section", { class: "card receipt", "aria-labelledby": "receipt-title" },
    h(heading, { id: "receipt-title" }, words.title),
    h("dl", { class: "summary" },
      h("div", { class: "sum" }, h("dt", {}, words.amount), h("dd", {}, f.money(receipt.amount_cents ?? payment.amount))),
      row(words.paidTo, h("span", {}, practice.name, h("br"), practice.phone)),
      row(words.when, at && `${f.date(at)}, ${f.time(at)}`),
      row(words.card, card),
      !card && row(words.method, t.methods[payment.method] ?? payment.method),
      row(words.code, receipt.auth_code),
      row(words.number, inGroups(payment.payment_id ?? payment.id))),
    payment.receipt && h("p", { class: "hint no-print" }, words.emailed),
    h("div", { class: "actions no-print" },
      h("button", { type: "button", onclick: () => window.print() }, words.print)));
}

// A number to read aloud, four characters at a time; copied, it is in one piece.
function inGroups(number) {
  const groups = /^[a-z0-9]{10,}$/i.test(number) ? number.match(/.{1,4}/g) : [number];
  return h("span", {}, groups.map((group) => h("span", { class: "group" }, group)));
}
