// A payment on its way. It is sent under one key: sent again after a lost answer or a reload, it
// gets the payment's present state and never charges twice.

import * as api from "../api.js";
import { announce, h } from "../dom.js";
import * as session from "../session.js";
import { remember } from "./outcome.js";

const PAUSES = [0, 2_000, 5_000];

export function render(app) {
  const { t, f } = app;
  const payment = session.payment();
  if (!payment) return app.go("balance", { replace: true });
  const text = t.sending.text(f.money(payment.body.amount_cents));
  let left = false;
  return {
    title: t.sending.title,
    leave: () => { left = true; },
    arrived: async () => {
      announce(`${text} ${t.sending.stay}`);
      const next = await carryOut(payment);
      if (!next) {
        if (!left) app.signOut();
        return;
      }
      if (next.certain) {
        session.keepPayment(null);
        if (next.done) session.keepDraft(null);
      }
      if (!left) app.go(next.screen, { params: next.params, replace: true });
    },
    content: [h("section", { class: "card sending", "aria-busy": "true" },
      h("h1", {}, t.sending.title),
      h("p", { class: "lead" }, h("span", { class: "spinner" }), h("span", {}, text)),
      h("p", {}, h("strong", {}, t.sending.stay)))],
  };
}

const outcome = (kind, more = {}) => ({ screen: "outcome", params: { kind, ...more } });

// Where to go next; `certain` once the server has told the payment's fate or has it in its books.
// Null when the patient did not sign in again.
async function carryOut({ key, body }) {
  const amount = body.amount_cents;
  for (const pause of PAUSES) {
    await new Promise((resolve) => { window.setTimeout(resolve, pause); });
    try {
      const { answer } = await api.pay(key, body);
      return { ...ofState(answer, amount), certain: true };
    } catch (error) {
      if (error.status === 401) return null;
      const told = ofError(error, amount);
      if (told) return { ...told, certain: true };
    }
  }
  return outcome("lost", { amount });
}

function ofState(answer, amount) {
  const id = answer.payment_id;
  switch (answer.status) {
    case "posted":
      if (answer.receipt) remember(answer);
      return { ...outcome("paid", { id, amount }), done: true };
    case "declined": return outcome("declined", { amount });
    case "failed": return outcome("failed", { amount });
    default: return { ...outcome("pending", { id, amount }), done: true };
  }
}

const NEVER_BEGUN = ["unknown_case", "missing_field", "unknown_field", "invalid_value", "invalid_json", "too_large"];

// Refusals after which nothing was charged; null for answers that prove nothing. Only our server's
// own codes prove something: a status may come from whatever stands in between.
function ofError({ code }, amount) {
  if (code === "declined") return outcome("declined", { amount });
  if (code === "gateway_unavailable") return outcome("unavailable", { amount });
  if (code === "online_payments_unavailable") return outcome("off", { amount });
  if (code === "payment_open") return { screen: "refused", params: { amount } };
  if (code === "idempotency_conflict") return outcome("pending", { amount });
  if (code === "amount_out_of_range") return { screen: "pay", params: { changed: true } };
  if (NEVER_BEGUN.includes(code)) return outcome("failed", { amount });
  return null;
}
