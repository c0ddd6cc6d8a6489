// Reports: what alerts led to, card payments for the practice's own system, and deposits.

import * as api from "../api.js";
import { barChart } from "../chart.js";
import { download, save } from "../download.js";
import { announce, h, whileBusy } from "../dom.js";
import { field, tell } from "../fields.js";
import { whenDone } from "../jobs.js";
import { table } from "../table.js";
import { explain, plural } from "../words.js";

const DAY = 86_400_000;
const FEWEST_BARS = 7; // of fewer days the table tells as much
const MOST_BARS = 120;
const PATIENCE = 35_000;
const JOBS = "/reports/jobs";

export async function render(app, { from = "", to = "" }) {
  const range = { from, to };
  const answer = await api.get("/reports/balance-alerts", range, { patience: PATIENCE }).catch((error) => {
    if (error.code === "invalid_value") return null;
    throw error;
  });
  const form = rangeForm(app, range);
  if (!answer) {
    tell(form, new api.ApiError(422, { detail: "The first day must be before the last, by a year at most." }));
    return { title: "Reports", content: [form] };
  }
  let left = false;
  const wanted = () => !left;
  return {
    title: "Reports",
    content: [form, alertsCard(app, answer, { range, wanted }), paymentsCard(range, wanted), depositsCard(app, range)],
    leave: () => { left = true; },
  };
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

// The report itself, or the job that makes that of a large practice.
function alertsCard(app, answer, { range, wanted }) {
  const body = h("div", { class: "part" });
  const card = h("section", { class: "card", "aria-labelledby": "alerts" }, h("h2", { id: "alerts" }, "Balance alerts"), body);
  if (!answer.job_id) {
    body.replaceChildren(...alertsReport(app, answer, async () => {
      download("balance-alerts.csv", await api.get("/reports/balance-alerts", { ...range, format: "csv" }, { plain: true, patience: PATIENCE }));
    }));
    return card;
  }
  whenDone(JOBS, answer.job_id, { into: body, wanted }).then((job) => {
    if (!job) return;
    body.replaceChildren(...alertsReport(app, job.report, () => saveMade(answer.job_id)));
    announce(alertWords(app, job.report));
  }).catch((error) => body.replaceChildren(h("p", { class: "problem", role: "alert" }, explain(error))));
  return card;
}

function alertsReport(app, report, saveDays) {
  const { f } = app;
  const columns = [{ title: "Day" }, ...["Sent", "Delivered", "Failed", "Opted out", "Payments", "Paid"].map((title) => ({ title, number: true }))];
  const cells = (one) => [...[one.sent, one.delivered, one.failed, one.opted_out, one.payments].map(number), f.money(one.paid_cents)];
  const words = alertWords(app, report);
  const bars = everyDay(report.days).map(({ on, sent }) => ({ value: sent, title: `${f.calendarDate(on)}: ${plural(sent, "alert", "alerts")}` }));
  return [
    h("p", {}, words),
    ...(report.days.length === 0 ? [] : [
      bars.length >= FEWEST_BARS && bars.length <= MOST_BARS && barChart({ bars, label: `Bar chart of alerts a day. ${words} The table below has the same numbers.`, ends: [report.days[0], report.days.at(-1)].filter((one, at, all) => all.indexOf(one) === at).map(({ on }) => f.calendarDate(on)) }),
      table("Alerts a day, and payments within 14 days of them", columns, [...report.days.map((one) => [f.calendarDate(one.on), ...cells(one)]), ["All days", ...cells(report)]]),
      ...asFile(saveDays),
    ]),
  ].filter(Boolean);
}

const number = (value) => value.toLocaleString("en-US");

function alertWords({ f }, report) {
  if (report.sent === 0) return "No alerts were sent in this time.";
  return `${plural(report.sent, "alert", "alerts")} sent: ${number(report.delivered)} delivered, ${number(report.failed)} failed, ${number(report.opted_out)} opted out. ${plural(report.payments, "payment", "payments")} of ${f.money(report.paid_cents)} came within 14 days of an alert.`;
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

function paymentsCard(range, wanted) {
  const progress = h("div", { class: "part" });
  const savePayments = async () => {
    const answer = await api.get("/reports/payments", range, { plain: true, patience: PATIENCE });
    if (!answer.job_id) download("card-payments.csv", answer);
    else if (await whenDone(JOBS, answer.job_id, { into: progress, wanted })) await saveMade(answer.job_id);
  };
  return h("section", { class: "card", "aria-labelledby": "payments" },
    h("h2", { id: "payments" }, "Card payments"),
    h("p", {}, "For your own system: each payment with its transaction, cases, card type, last four digits and settlement batch."),
    asFile(savePayments), progress);
}

// The card service is asked for these, which may take a while, or fail for itself.
function depositsCard(app, range) {
  const body = h("div", { class: "part", "aria-live": "polite" }, h("p", { class: "hint" }, "Asking the card service\u2026"));
  const { f } = app;
  const columns = [{ title: "Settled" }, { title: "Batch" }, ...["Payments", "Gross", "Refunds", "Net", "In the ledger", "Difference"].map((title) => ({ title, number: true }))];
  const saveDeposits = async () => {
    download("deposits.csv", await api.get("/reports/deposits", { ...range, format: "csv" }, { plain: true, patience: PATIENCE }));
  };
  api.get("/reports/deposits", range, { patience: PATIENCE }).then(({ deposits }) => {
    body.replaceChildren(deposits.length === 0 ? h("p", { class: "hint" }, "No deposits in this time.")
      : table("Deposits by settlement batch", columns, deposits.map((one) => [
        f.date(one.settled_at), one.batch_id, one.count.toLocaleString("en-US"), f.money(one.gross_cents), f.money(one.refunds_cents), f.money(one.net_cents), f.money(one.ledger_cents),
        one.difference_cents ? h("strong", {}, f.signed(one.difference_cents)) : f.money(0),
      ])), ...(deposits.length === 0 ? [] : asFile(saveDeposits)));
  }).catch((error) => body.replaceChildren(h("p", { class: "problem" }, explain(error))));
  return h("section", { class: "card", "aria-labelledby": "deposits" },
    h("h2", { id: "deposits" }, "Deposits"),
    h("p", { class: "hint" }, "What the card service paid out, batch by batch. A difference is money that the ledgers do not know of, such as a charge made on the card service\u2019s own pages."),
    body);
}

// The address of a file is good for some minutes only: whoever presses gets one of now.
async function saveMade(job) {
  save((await api.get(`${JOBS}/${api.id(job)}`)).csv.url);
}

function asFile(work) {
  const problem = h("div", { class: "part" });
  const button = h("button", { type: "button", onclick: () => whileBusy(button, "One moment\u2026", async () => {
    problem.replaceChildren();
    try {
      await work();
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
      problem.replaceChildren(h("p", { class: "problem", role: "alert" }, explain(error)));
    }
  }) }, "Download as CSV");
  return [problem, h("div", { class: "actions" }, button)];
}
