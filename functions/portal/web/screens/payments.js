// Payment history: one row a payment, whatever way it was made.

import * as api from "../api.js";
import { h, whileBusy } from "../dom.js";
import { rememberRow } from "./outcome.js";

export async function render(app) {
  const { t } = app;
  const list = h("ul", { class: "entries" });
  const more = h("button", { type: "button", hidden: true }, t.common.more);
  let cursor = null;
  const load = async () => {
    const page = await api.payments(cursor);
    const rows = page.payments.map((payment) => row(app, payment));
    list.append(...rows);
    cursor = page.next_cursor;
    more.hidden = !cursor;
    return rows[0];
  };
  more.addEventListener("click", () => whileBusy(more, t.common.wait, async () => {
    const first = await load();
    first?.setAttribute("tabindex", "-1");
    first?.focus();
  }));
  await load();
  return {
    title: t.payments.title,
    content: [
      app.backToBalance(),
      h("section", { class: "card" },
        h("h1", {}, t.payments.title),
        list.hasChildNodes() ? list : h("p", {}, t.payments.none),
        more),
    ],
  };
}

function row(app, payment) {
  const { t, f } = app;
  const amount = f.money(payment.amount_cents);
  const date = f.date(payment.recorded_at);
  const method = t.methods[payment.method] ?? payment.method;
  const kind = t.payments.kinds[payment.kind] ?? payment.kind;
  const posted = payment.status === "posted";
  return h("li", { class: "entry" },
    h("div", { class: "entry-top" },
      h("span", { class: "entry-title" }, method ? `${kind} (${method.charAt(0).toLowerCase()}${method.slice(1)})` : kind),
      h("span", { class: "entry-amount" }, amount)),
    h("p", { class: "hint" }, date),
    h("p", { class: `state ${payment.status}` }, t.payments.statuses[payment.status] ?? payment.status),
    payment.kind === "payment" && (posted || payment.status === "pending")
      ? h("button", {
        type: "button", class: "quiet",
        "aria-label": (posted ? t.payments.receiptOf : t.payments.stateOf)(amount, date),
        onclick: () => {
          rememberRow(payment);
          app.go("outcome", { params: { id: payment.payment_id, seen: posted } });
        },
      }, posted ? t.payments.receipt : t.payments.state)
      : "");
}
