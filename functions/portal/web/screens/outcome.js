// How a payment ended, or that it has not yet: each says whether to pay again.

import * as api from "../api.js";
import { checking } from "../checking.js";
import { h, icon } from "../dom.js";
import { receiptCard } from "../receipt.js";
import * as session from "../session.js";

// What the server just answered, so that a receipt needs no second question. In memory only.
const answers = new Map();
export const remember = (answer) => answers.set(answer.payment_id, answer);

// A row of the history, for payments taken at the office: they have no more than that.
const rows = new Map();
export const rememberRow = (row) => rows.set(row.payment_id, row);

const detailsOf = (id) => api.payment(id).catch((error) => {
  if (error.status === 404 && rows.has(id)) return rows.get(id);
  throw error;
});

export async function render(app, params) {
  const known = params.id || params.kind === "pending" ? await look(params) : params;
  if (!known) return app.go("balance", { replace: true }); // settled meanwhile
  const view = { paid, pending, held: pending, lost }[known.kind] ?? notCharged;
  return view(app, known);
}

// The payment's present state, as the server tells it; without an id that of whichever is open.
export async function look(params) {
  const told = answers.get(params.id);
  if (told) return { ...params, ...told, amount: told.amount_cents, kind: "paid" };
  const balance = await api.balance();
  const open = balance.open_payment;
  const id = params.id ?? open?.payment_id;
  if (!id) return null;
  const payment = await detailsOf(id);
  const amount = payment.amount_cents ?? payment.receipt?.amount_cents ?? params.amount ?? open?.amount_cents;
  const isOpen = open?.payment_id === id;
  const kind = { posted: "paid", pending: isOpen && open.status === "held" ? "held" : "pending" }[payment.status] ?? payment.status;
  return { ...params, ...payment, id, amount, kind, balance_cents: balance.balance_cents, at: balance.as_of };
}

export const card = (mood, mark, title, ...content) => h("section", { class: `card outcome ${mood}` },
  h("div", { class: "mark" }, icon(mark)), h("h1", {}, title), content);

function paid(app, known) {
  const { t, f } = app;
  const cents = known.balance_cents;
  const amount = known.receipt?.amount_cents ?? known.amount;
  const title = known.seen ? t.receipt.title : t.outcome.paidTitle;
  return {
    title,
    content: [
      known.seen && app.backLink("payments", t.payments.title),
      !known.seen && card("good", "check", t.outcome.paidTitle,
        h("p", { class: "lead" }, t.outcome.paidText(f.money(amount)), " ", cents <= 0 && t.outcome.paidAll),
        Number.isInteger(cents) && h("p", { class: "lead" }, cents < 0 ? t.outcome.newCredit : t.outcome.newBalance, " ",
          h("strong", {}, f.money(Math.abs(cents)))),
        h("div", { class: "actions" },
          h("button", { type: "button", class: "primary", onclick: () => app.go("balance") }, t.common.backToBalance))),
      receiptCard(app, known, { heading: known.seen ? "h1" : "h2" }),
    ],
  };
}

function pending(app, known) {
  const { t, f } = app;
  const held = known.kind === "held";
  const amount = f.money(known.amount);
  const check = checking(app, {
    seenAt: known.at,
    still: held ? t.outcome.stillHeld : t.outcome.stillPending,
    look: async () => {
      const now = await look(known);
      return now?.kind === known.kind ? now.at : null;
    },
  });
  return {
    title: held ? t.outcome.heldTitle : t.outcome.pendingTitle,
    leave: check.leave,
    content: [card("wait", "clock", held ? t.outcome.heldTitle : t.outcome.pendingTitle,
      h("p", { class: "lead" }, (held ? t.outcome.heldText : t.outcome.pendingText)(amount)),
      h("p", {}, h("strong", {}, t.outcome.doNotPay), " ", held ? t.outcome.heldDo : t.outcome.pendingDo),
      check.line,
      h("div", { class: "actions" },
        h("button", { type: "button", class: "primary", onclick: () => app.go("balance") }, t.common.backToBalance),
        check.button, app.callButton()))],
  };
}

function lost(app, known) {
  const { t, f } = app;
  return {
    title: t.outcome.lostTitle,
    content: [card("wait", "clock", t.outcome.lostTitle,
      h("p", { class: "lead" }, t.outcome.lostText(f.money(known.amount))),
      h("p", {}, h("strong", {}, t.outcome.lostDoNot), " ", t.outcome.lostDo),
      h("div", { class: "actions" },
        h("button", { type: "button", class: "primary", onclick: () => app.go("sending", { replace: true }) }, t.outcome.check),
        app.callButton()))],
  };
}

const RETRY = { declined: "again", failed: "payNow", unavailable: "again" };

function notCharged(app, known) {
  const { t } = app;
  const kind = known.kind in RETRY || known.kind === "off" ? known.kind : "failed";
  const words = t.outcome;
  return {
    title: words[`${kind}Title`],
    content: [card("stop", "info", words[`${kind}Title`],
      h("p", { class: "lead" }, h("strong", {}, words[`${kind}Text`])),
      h("p", {}, words[`${kind}Do`]),
      h("div", { class: "actions" },
        RETRY[kind] && h("button", { type: "button", class: "primary", onclick: () => app.go(session.draft() ? "confirm" : "pay") }, words[RETRY[kind]]),
        app.callButton({ primary: kind === "off" }),
        h("button", { type: "button", class: "quiet", onclick: () => app.go("balance") }, t.common.backToBalance)))],
  };
}
