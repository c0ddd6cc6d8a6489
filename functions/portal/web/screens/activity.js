// Every entry of the account, newest first, adding up to the balance.

import * as api from "../api.js";
import { h } from "../dom.js";
import { entryList } from "../entries.js";

export async function render(app) {
  const { t, f } = app;
  const [balance, entries] = await Promise.all([api.balance(), api.wholeActivity()]);
  const total = entries.reduce((sum, entry) => sum + entry.amount_cents, 0);
  const labels = new Map(balance.cases.map(({ case_id: id, label }) => [id, label]));
  return {
    title: t.activity.title,
    content: [
      app.backToBalance(),
      h("section", { class: "card" },
        h("h1", {}, t.activity.title),
        entries.length === 0
          ? h("p", {}, t.activity.none)
          : [h("p", { class: "lead" }, t.activity.lead), entryList(app, entries, labels),
            h("p", { class: "total" },
              h("span", {}, total < 0 ? t.activity.totalCredit : t.activity.total), " ",
              h("strong", {}, f.money(Math.abs(total))))]),
    ],
  };
}
