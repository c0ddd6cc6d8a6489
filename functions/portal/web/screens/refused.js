// A payment that was refused because an earlier one was open: that it was not charged stays true
// whatever becomes of the earlier one.

import { checking } from "../checking.js";
import { h } from "../dom.js";
import { card, look } from "./outcome.js";

// `amount` is what was refused, `id` the earlier payment once that is known.
export async function render(app, { amount, id }) {
  const { t, f } = app;
  const earlier = await look({ id });
  if (earlier && !id) app.keepParams("refused", { amount, id: earlier.id }); // it is told of after it is settled too
  const words = t.refused;
  const kind = earlier?.kind ?? "settled";
  const open = kind === "pending" || kind === "held";
  const told = words[kind] ?? words.failed;
  const check = open && checking(app, {
    seenAt: earlier.at,
    still: kind === "held" ? t.outcome.stillHeld : t.outcome.stillPending,
    look: async () => {
      const now = await look({ id: earlier.id });
      return now.kind === kind ? now.at : null;
    },
  });
  return {
    title: told.title,
    leave: check ? check.leave : null,
    content: [card(open ? "wait" : "stop", open ? "clock" : "info", told.title,
      h("p", { class: "lead" }, h("strong", {}, words.notCharged(f.money(amount)))),
      h("p", {}, told.text(earlier && f.money(earlier.amount)), " ", open && h("strong", {}, t.outcome.doNotPay)),
      check && check.line,
      h("div", { class: "actions" },
        h("button", { type: "button", class: "primary", onclick: () => app.go("balance") }, t.common.backToBalance),
        kind === "paid" && h("button", {
          type: "button", onclick: () => app.go("outcome", { params: { id: earlier.id, seen: true } }),
        }, words.see),
        check && check.button, app.callButton()))],
  };
}
