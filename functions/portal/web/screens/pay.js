// How much to pay: everything, one case, or another amount; and what would remain.

import * as api from "../api.js";
import { announce, h, icon } from "../dom.js";
import { centsOf } from "../format.js";
import * as session from "../session.js";

const LEAST = 100;

export async function render(app, { changed = false }) {
  const { t, f } = app;
  const balance = await api.balance();
  const owed = balance.balance_cents;
  if (owed <= 0 || balance.open_payment || !balance.online_payments || session.payment()) {
    return app.go("balance", { replace: true });
  }
  const least = Math.min(LEAST, owed);
  const problem = h("p", { class: "problem", id: "amount-problem", hidden: true });
  const remains = h("p", { class: "remains", id: "remains", "aria-live": "polite" });
  const typed = h("input", {
    id: "other-amount", type: "text", inputMode: "decimal", autocomplete: "off", maxLength: 12,
    "aria-describedby": "remains",
  });
  const otherBox = h("div", { class: "other", hidden: true },
    h("label", { for: "other-amount" }, t.pay.otherLabel),
    h("div", { class: "money-field" }, h("span", { "aria-hidden": "true" }, "$"), typed), problem);

  const options = choices(app, balance, least);
  const radios = options.map((option, index) => h("input", {
    type: "radio", name: "choice", id: `choice-${index}`, checked: index === 0,
  }));
  const chosen = () => options[radios.findIndex((radio) => radio.checked)];
  const amount = () => (chosen().other ? centsOf(typed.value) : chosen().cents);
  const allowed = (cents) => cents !== null && cents >= least && cents <= owed;

  const update = () => {
    otherBox.hidden = !chosen().other;
    const cents = amount();
    const left = owed - cents;
    remains.textContent = !allowed(cents) ? "" : left === 0 ? t.pay.nothingRemains : t.pay.remains(f.money(left));
  };
  const complain = (text) => {
    problem.hidden = !text;
    problem.textContent = text;
    typed.setAttribute("aria-invalid", String(Boolean(text)));
    typed.setAttribute("aria-describedby", text ? "amount-problem" : "remains");
  };
  restore(options, radios, typed, session.draft());
  update();

  const form = h("form", { noValidate: true },
    h("fieldset", {},
      h("legend", { class: "unseen" }, t.pay.choice),
      h("div", { class: "choices" }, options.map((option, index) => h("label", { class: "choice", for: `choice-${index}` },
        radios[index], h("span", { class: "choice-label" }, option.words),
        option.other ? "" : h("span", { class: "choice-amount" }, f.money(option.cents)))))),
    otherBox, remains,
    h("div", { class: "actions" }, h("button", { type: "submit", class: "primary" }, t.pay.button)));
  form.addEventListener("change", (event) => {
    update();
    if (event.target.type === "radio" && chosen().other) typed.focus();
  });
  typed.addEventListener("input", () => { complain(""); update(); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const cents = amount();
    if (!allowed(cents)) {
      complain(fault(app, cents, least, owed));
      announce(problem.textContent);
      typed.focus();
      return;
    }
    session.keepDraft({ amount_cents: cents, case_id: chosen().caseId, label: chosen().label, other: Boolean(chosen().other) });
    app.go("confirm");
  });
  return {
    title: t.pay.title,
    content: [
      app.backToBalance(),
      h("section", { class: "card" },
        h("h1", {}, t.pay.title),
        changed && h("p", { class: "notice", role: "status" }, icon("info"), t.pay.changed),
        form),
    ],
  };
}

function choices({ t }, balance, least) {
  const owed = balance.balance_cents;
  const options = [{ words: t.pay.full, cents: owed }];
  const owing = balance.cases.filter(({ balance_cents: cents }) => cents > 0);
  if (balance.cases.length > 1) {
    for (const one of owing) {
      const label = one.label || t.balance.unnamedCase;
      const cents = one.balance_cents;
      if (cents < owed && cents >= least) options.push({ words: t.pay.oneCase(label), cents, caseId: one.case_id, label });
    }
  }
  if (owed > least) options.push({ words: t.pay.other, other: true });
  return options;
}

// What was chosen before, after coming back.
function restore(options, radios, typed, draft) {
  if (!draft) return;
  const index = options.findIndex((option) => (draft.other ? option.other
    : option.cents === draft.amount_cents && option.caseId === draft.case_id));
  if (index < 0) return;
  radios.forEach((radio, at) => { radio.checked = at === index; });
  if (draft.other) typed.value = (draft.amount_cents / 100).toFixed(2);
}

function fault({ t, f }, cents, least, owed) {
  if (cents === null) return t.pay.amountMissing;
  return cents > owed ? t.pay.tooMuch(f.money(owed)) : t.pay.tooLittle(f.money(least));
}
