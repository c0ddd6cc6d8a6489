// The balance: one large amount, what to do about it, and what it is for.

import * as api from "../api.js";
import { entryList } from "../entries.js";
import { h, icon } from "../dom.js";
import * as session from "../session.js";

const FRESH_FOR = 30_000;
const gist = ({ balance_cents: cents, open_payment: open, cases }) => JSON.stringify([cents, open, cases]);

export async function render(app) {
  const { t } = app;
  const balance = await api.balance();
  const shownAt = Date.now();
  const refresh = async () => {
    if (document.hidden || Date.now() - shownAt < FRESH_FOR) return;
    const now = await api.balance().catch(() => balance);
    if (gist(now) !== gist(balance)) app.show();
  };
  document.addEventListener("visibilitychange", refresh); // another tab, or the office, may have changed it
  return {
    title: t.balance.title,
    leave: () => document.removeEventListener("visibilitychange", refresh),
    content: [
      amountCard(app, balance),
      balance.cases.length > 0 && casesCard(app, balance),
      h("section", { class: "card", "aria-labelledby": "not-right" },
        h("h2", { id: "not-right" }, t.balance.question),
        h("p", {}, t.balance.questionText),
        h("button", { type: "button", onclick: () => app.go("question") }, t.menu.question)),
    ],
  };
}

function amountCard(app, balance) {
  const { t, f } = app;
  const cents = balance.balance_cents;
  const words = cents > 0 ? t.balance.owe : cents < 0 ? t.balance.credit : t.balance.zero;
  return h("section", { class: "card amount-card" },
    h("p", { class: "whose" }, t.balance.account(balance.first_name)),
    h("h1", {}, h("span", { class: "label" }, `${words} `), h("span", { class: "amount" }, f.money(Math.abs(cents)))),
    h("p", { class: "hint" }, t.balance.asOf(f.date(balance.as_of), f.time(balance.as_of))),
    nextStep(app, balance));
}

// The one thing to do: look at the payment on its way, pay, call, or nothing.
function nextStep(app, balance) {
  const { t, f } = app;
  const { open_payment: open, balance_cents: cents } = balance;
  if (open) {
    const held = open.status === "held";
    return notice(held ? t.balance.heldTitle : t.balance.openTitle,
      (held ? t.balance.heldText : t.balance.openText)(f.money(open.amount_cents)),
      h("button", { type: "button", onclick: () => app.go("outcome", { params: { id: open.payment_id } }) }, t.balance.openLink));
  }
  const lost = session.payment();
  if (lost) {
    return notice(t.outcome.lostTitle, `${t.outcome.lostText(f.money(lost.body.amount_cents))} ${t.outcome.lostDoNot} ${t.outcome.lostDo}`,
      h("button", { type: "button", onclick: () => app.go("sending") }, t.outcome.check));
  }
  if (cents === 0) return h("p", { class: "lead" }, t.balance.zeroText);
  if (cents < 0) return h("div", {}, h("p", { class: "lead" }, t.balance.creditText), app.callButton());
  if (!balance.online_payments) {
    return h("div", {}, h("p", {}, t.balance.callToPay), app.callButton({ primary: true }));
  }
  return h("div", { class: "actions" },
    h("button", { type: "button", class: "primary", onclick: () => app.go("pay") }, t.balance.pay));
}

const notice = (title, text, button) => h("div", { class: "notice" },
  h("h2", {}, icon("clock"), title), h("p", {}, text), button);

function casesCard(app, balance) {
  const { t } = app;
  let entries = null;
  const load = () => { entries ??= api.wholeActivity(); return entries; };
  return h("section", { class: "card cases", "aria-labelledby": "cases-title" },
    h("h2", { id: "cases-title" }, t.balance.cases),
    balance.cases.map((one) => caseRow(app, one, load)),
    h("details", { class: "glossary" },
      h("summary", {}, t.balance.words),
      h("dl", {}, t.balance.glossary.map(([word, meaning]) => h("div", {}, h("dt", {}, word), h("dd", {}, meaning))))));
}

function caseRow(app, one, load) {
  const { t, f } = app;
  const cents = one.balance_cents;
  const amount = cents < 0 ? `${f.money(-cents)} ${t.balance.caseCredit}` : cents === 0 ? t.balance.casePaid : f.money(cents);
  const body = h("div", { class: "case-entries" });
  const details = h("details", {},
    h("summary", {}, h("span", { class: "case-label" }, one.label || t.balance.unnamedCase), h("span", { class: "case-amount" }, amount)),
    body);
  details.addEventListener("toggle", async () => {
    if (!details.open || body.hasChildNodes()) return;
    body.replaceChildren(h("p", { class: "hint", role: "status" }, t.common.loading));
    try {
      const own = (await load()).filter(({ case_id: id }) => id === one.case_id);
      body.replaceChildren(entryList(app, own));
    } catch {
      body.replaceChildren();
      details.open = false;
      app.go("activity");
    }
  });
  return details;
}
