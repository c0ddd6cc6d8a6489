// A last look before the card form opens.

import * as api from "../api.js";
import { cardForm } from "../card-form.js";
import { announce, h, icon } from "../dom.js";
import * as session from "../session.js";

export async function render(app) {
  const { t, f } = app;
  const draft = session.draft();
  const balance = await api.balance();
  const payable = balance.online_payments && !balance.open_payment && !session.payment();
  if (!draft || !payable) return app.go("balance", { replace: true });
  if (draft.amount_cents > balance.balance_cents) return app.go("pay", { params: { changed: true }, replace: true });

  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const complain = (text) => {
    problem.hidden = false;
    problem.textContent = text;
  };
  const form = cardForm({
    settings: balance.online_payments,
    words: { ...t.confirm, pay: t.confirm.payButton(f.money(draft.amount_cents)) },
    onToken: (opaqueData) => pay(app, draft, opaqueData),
    onProblem: (blocked) => complain(blocked ? t.confirm.blocked : t.confirm.formError),
  });
  const row = (word, value) => h("div", {}, h("dt", {}, word), h("dd", {}, value));
  const left = balance.balance_cents - draft.amount_cents;
  return {
    title: t.confirm.title,
    leave: form.leave,
    arrived: () => {
      form.load();
      announce(t.confirm.loading);
    },
    content: [
      app.backLink("pay", t.confirm.change),
      h("section", { class: "card confirm" },
        h("h1", {}, t.confirm.title),
        h("dl", { class: "summary" },
          h("div", { class: "sum" }, h("dt", {}, t.confirm.amount), h("dd", {}, f.money(draft.amount_cents))),
          row(t.confirm.to, app.practice.name),
          balance.cases.length > 1 && row(t.confirm.toward, draft.label ?? (left === 0 ? t.pay.full : t.confirm.oldestFirst)),
          row(t.confirm.remains, f.money(left))),
        problem,
        h("div", { class: "actions" }, form.button),
        h("p", { class: "hint private" }, icon("lock"), h("span", {}, t.confirm.security)),
        h("div", { class: "by-phone" }, h("p", {}, t.confirm.byPhone), app.callButton())),
    ],
  };
}

// From here on the payment is on its way, under one key, whatever happens to this page.
function pay(app, draft, opaqueData) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  session.keepPayment({
    key: Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""),
    body: {
      amount_cents: draft.amount_cents,
      ...(draft.case_id && { case_id: draft.case_id }),
      opaque_data: { data_descriptor: opaqueData.dataDescriptor, data_value: opaqueData.dataValue },
    },
  });
  app.go("sending", { replace: true });
}
