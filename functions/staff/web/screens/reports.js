// Reports: what alerts led to, card payments for the practice's own system, and deposits.

import * as api from "../api.js";
import { barChart } from "../chart.js";
import { download } from "../download.js";
import { h, whileBusy } from "../dom.js";
import { field, tell } from "../fields.js";
import { table } from "../table.js";
import { explain, plural } from "../words.js";

const DAY = 86_400_000;
const FEWEST_BARS = 7; // of fewer days the table tells as much
const MOST_BARS = 120;
const PATIENCE = 35_000;

export async function render(app, { from = "", to = "" }) {
  const range = { from, to };
  const report = await api.get("/reports/balance-alerts", range).catch((error) => {
    if (error.code === "invalid_value") return null;
    throw error;
  });
  const form = rangeForm(app, range);
  if (!report) {
    tell(form, new api.ApiError(422, { detail: "The first day must be before the last, by a year at most." }));
    return { title: "Reports", content: [form] };
  }
  return { title: "Reports", content: [form, alertsCard(app, report, range), paymentsCard(range), depositsCard(app, range)] };
}

function rangeForm(app, { from, to }) {
  const first = h("input", { type: "date", value: from });
  const last = h("input", { type: "date", value: to });
  const form = h("form", { class: "card", noValidate: true },
    h("h1", {}, "Reports"),
    h("div", { class: "two" }, field("from", "From", first, { hint: "30 days ago if left empty" }), field("to", "Through", last, { hint: "Today if left empty" })),
    h("div", { class: "actions" }, h("button", { class: "primary" }, "Show")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = new URLSearchParams(Object.entries({ from: first.value, to: last.value }).filter(([, value]) => value));
    const address = [...chosen].length ? `reports?${chosen}` : "reports";
    if (`#/${address}` === window.location.hash) app.show();
    else app.go(address);
  });
  return form;
}

function alertsCard(app, report, range) {
  const { f } = app;
  const number = (value) => value.toLocaleString("en-US");
  const columns = [{ title: "Day" }, ...["Sent", "Delivered", "Failed", "Opted out", "Payments", "Paid"].map((title) => ({ title, number: true }))];
  const cells = (one) => [...[one.sent, one.delivered, one.failed, one.opted_out, one.payments].map(number), f.money(one.paid_cents)];
  const words = report.sent === 0 ? "No alerts were sent in this time."
    : `${plural(report.sent, "alert", "alerts")} sent: ${number(report.delivered)} delivered, ${number(report.failed)} failed, ${number(report.opted_out)} opted out. ${plural(report.payments, "payment", "payments")} of ${f.money(report.paid_cents)} came within 14 days of an alert.`;
  const bars = everyDay(report.days).map(({ on, sent }) => ({ value: sent, title: `${f.calendarDate(on)}: ${plural(sent, "alert", "alerts")}` }));
  const csv = h("button", { type: "button", onclick: () => save(csv, "/reports/balance-alerts", { ...range, format: "csv" }, "balance-alerts.csv") }, "Download as CSV");
  return h("section", { class: "card", "aria-labelledby": "alerts" },
    h("h2", { id: "alerts" }, "Balance alerts"),
    h("p", {}, words),
    ...(report.days.length === 0 ? [] : [
      bars.length >= FEWEST_BARS && bars.length <= MOST_BARS && barChart({ bars, label: `Bar chart of alerts a day. ${words} The table below has the same numbers.`, ends: [report.days[0], report.days.at(-1)].filter((one, at, all) => all.indexOf(one) === at).map(({ on }) => f.calendarDate(on)) }),
      table("Alerts a day, and payments within 14 days of them", columns, [...report.days.map((one) => [f.calendarDate(one.on), ...cells(one)]), ["All days", ...cells(report)]]),
      h("div", { class: "actions" }, csv),
    ]));
}

// The report leaves days without alerts out; a chart shows them.
function everyDay(days) {
  if (days.length === 0) return [];
  const known = new Map(days.map((one) => [one.on, one]));
  const first = Date.parse(days[0].on);
  const count = Math.round((Date.parse(days.at(-1).on) - first) / DAY) + 1;
  return Array.from({ length: count }, (_, at) => {
    const on = new Date(first + at * DAY).toISOString().slice(0, 10);
    return known.get(on) ?? { on, sent: 0 };
  });
}

function paymentsCard(range) {
  const button = h("button", { type: "button", onclick: () => save(button, "/reports/payments", range, "card-payments.csv") }, "Download as CSV");
  return h("section", { class: "card", "aria-labelledby": "payments" },
    h("h2", { id: "payments" }, "Card payments"),
    h("p", {}, "For your own system: each payment with its transaction, cases, card type, last four digits and settlement batch."),
    h("div", { class: "actions" }, button));
}

// The card service is asked for these, which may take a while, or fail for itself.
function depositsCard(app, range) {
  const body = h("div", { "aria-live": "polite" }, h("p", { class: "hint" }, "Asking the card service\u2026"));
  const { f } = app;
  const columns = [{ title: "Settled" }, { title: "Batch" }, ...["Payments", "Gross", "Refunds", "Net", "In the ledger", "Difference"].map((title) => ({ title, number: true }))];
  api.get("/reports/deposits", range, { patience: PATIENCE }).then(({ deposits }) => {
    body.replaceChildren(deposits.length === 0 ? h("p", { class: "hint" }, "No deposits in this time.")
      : table("Deposits by settlement batch", columns, deposits.map((one) => [
        f.date(one.settled_at), one.batch_id, one.count.toLocaleString("en-US"), f.money(one.gross_cents), f.money(one.refunds_cents), f.money(one.net_cents), f.money(one.ledger_cents),
        one.difference_cents ? h("strong", {}, f.signed(one.difference_cents)) : f.money(0),
      ])));
  }).catch((error) => body.replaceChildren(h("p", { class: "problem" }, explain(error))));
  return h("section", { class: "card", "aria-labelledby": "deposits" },
    h("h2", { id: "deposits" }, "Deposits"),
    h("p", { class: "hint" }, "What the card service paid out, batch by batch. A difference is money that the ledgers do not know of, such as a charge made on the card service\u2019s own pages."),
    body);
}

async function save(button, path, query, name) {
  button.parentElement.parentElement.querySelector(".problem")?.remove();
  await whileBusy(button, "One moment\u2026", async () => {
    try {
      download(name, await api.get(path, query, { plain: true, patience: PATIENCE }));
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
      button.parentElement.before(h("p", { class: "problem", role: "alert" }, explain(error)));
    }
  });
}
