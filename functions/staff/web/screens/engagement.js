// Settings: when alerts go out, with the next 60 days in sight before anything is saved.

import * as api from "../api.js";
import { h } from "../dom.js";
import { FieldProblem, boxes, check, choices, chosenOf, clear, field, submit, tellMeanwhile, textInput, wholeNumber } from "../fields.js";
import { centsOf } from "../format.js";
import { pauseBanner } from "../pauses.js";
import { Preview } from "../preview.js";
import { MESSAGES, stoppedBanners } from "../stopped-channels.js";
import { DAYS, FREQUENCIES, contactWords } from "../words.js";

const CHANGES = "therapy_director";
const MOST_CENTS = 100_000_000;

export async function render(app) {
  const { balance_alerts: settings } = await app.loadPractice();
  const banners = [pauseBanner(app), ...stoppedBanners(app)];
  if (!app.may(CHANGES)) return { title: "Patient Engagement", content: [...banners, readOnly(app, settings)] };
  const preview = new Preview(app);
  const form = settingsForm(app, settings, preview);
  return { title: "Patient Engagement", content: [...banners, form], leave: () => preview.leave() };
}

function settingsForm(app, settings, preview) {
  const money = (settings.minimum_balance_cents / 100).toFixed(2);
  const button = h("button", { class: "primary" }, "Save");
  const saved = h("p", { class: "saved", role: "status" });
  const form = h("form", { class: "settings", noValidate: true },
    h("section", { class: "card", "aria-labelledby": "page-title" },
      h("h1", { id: "page-title" }, "Patient Engagement"),
      h("p", { class: "lead" }, "When patients who owe a balance, and agreed to alerts, are reminded by text or email."),
      check("paused", "Pause all alerts", settings.paused, { hint: "Nothing goes out until you take this off. The settings below stay." }),
      choices("frequency", "How often", FREQUENCIES, settings.frequency, { hint: "From the last alert to the next one, as long as something is owed and for 60 days after the newest charge." }),
      h("div", { class: "two" },
        field("send_window.opens", "Send from", h("input", { type: "time", value: settings.send_window.opens.slice(0, 5) }), { hint: "08:00 AM or later, in the patient\u2019s time zone." }),
        field("send_window.closes", "Send until", h("input", { type: "time", value: settings.send_window.closes.slice(0, 5) }), { hint: "09:00 PM or earlier, two hours later or more." })),
      boxes("send_days", "Send on", DAYS, settings.send_days),
      h("div", { class: "two" },
        field("first_alert_after_days", "Days before the first alert", textInput(settings.first_alert_after_days, { inputMode: "numeric" }), { hint: "After a charge is recorded; 0 to 30." }),
        field("minimum_balance_cents", "Smallest balance to remind of", textInput(money, { inputMode: "decimal" }), { hint: "In dollars, such as 5.00." })),
      field("daily_limit", "Most alerts in one day", textInput(settings.daily_limit, { inputMode: "numeric" }), { hint: "Whoever waits longest comes first. Empty for no limit.", optional: true }),
      check("include_amount", "Put the amount into the message", settings.include_amount, { hint: "Otherwise patients see it after opening the link." }),
      field("pilot_contacts", "Try it out first, with these contacts only", h("textarea", { rows: 2, value: (settings.pilot_contacts ?? []).map(contactWords).join("\n") }),
        { hint: "Mobile numbers and email addresses, one a line. While there are any, nobody else is sent to. Empty: everybody.", optional: true })),
    preview.element,
    h("div", { class: "save card" }, h("div", { class: "actions" }, button), saved));

  const wanted = () => changed(settings, read(form));
  const foresee = () => {
    saved.textContent = "";
    clear(form);
    const said = (error) => tellMeanwhile(form, error);
    try {
      preview.ask(wanted(), said);
    } catch (error) {
      preview.cannot(said(error));
    }
  };
  form.addEventListener("input", foresee);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(form, button, async () => {
      const practice = await api.put("/practice/balance-alerts", wanted());
      app.practice = practice;
      settings = practice.balance_alerts;
      saved.textContent = savedWords(practice);
    });
  });
  preview.ask({});
  return form;
}

// What the settings come to, whatever keeps alerts from going out at present.
function savedWords({ balance_alerts: settings, paused_by_operator: pause, stopped_channels: stopped }) {
  if (settings.frequency === "dont_send") return "Saved. No alerts go out: the frequency is Don\u2019t Send.";
  if (settings.paused) return "Saved. No alerts go out while they are paused.";
  if (pause) return "Saved. No alerts go out until the operator lets go.";
  const resting = stopped.map(({ channel }) => MESSAGES[channel]);
  if (resting.length === Object.keys(MESSAGES).length) return "Saved. Neither texts nor emails go out at present; alerts that are due wait.";
  const whom = settings.pilot_contacts ? ", to the contacts on your list only" : "";
  return `Saved. Alerts go out: ${FREQUENCIES[settings.frequency]}${whom}.${resting.map((messages) => ` No ${messages} go out at present.`).join("")}`;
}

function read(form) {
  const at = (name) => form.querySelector(`[data-field="${name}"]`);
  const days = chosenOf(form, "send_days");
  if (days.length === 0) throw new FieldProblem("send_days", "Choose at least one day. To stop alerts, choose Don\u2019t Send.");
  const cents = centsOf(at("minimum_balance_cents").value);
  if (cents === null || cents < 1 || cents > MOST_CENTS) throw new FieldProblem("minimum_balance_cents", "Enter an amount of one cent or more, such as 5.00.");
  const contacts = at("pilot_contacts").value.split(/[\n,;]+/).map((one) => one.trim()).filter(Boolean);
  return {
    frequency: chosenOf(form, "frequency")[0],
    paused: at("paused").checked,
    send_window: { opens: time(at("send_window.opens")), closes: time(at("send_window.closes")) },
    send_days: days,
    minimum_balance_cents: cents,
    first_alert_after_days: wholeNumber(at("first_alert_after_days"), { least: 0, most: 30, words: "Enter a number of days from 0 to 30." }),
    daily_limit: wholeNumber(at("daily_limit"), { least: 1, most: 1_000_000, optional: true, words: "Enter a number of 1 or more, or leave it empty." }),
    pilot_contacts: contacts.length ? contacts : null,
    include_amount: at("include_amount").checked,
  };
}

function time(input) {
  if (!input.value) throw new FieldProblem(input.dataset.field, "Enter a time, such as 09:00 AM.");
  return input.value;
}

// Only what differs, so that what a colleague changes meanwhile stays.
function comparable(value) {
  if (value?.opens) return JSON.stringify([value.opens.slice(0, 5), value.closes.slice(0, 5)]);
  return JSON.stringify(Array.isArray(value) ? value.map(contactWords) : value);
}
const changed = (before, after) => Object.fromEntries(
  Object.entries(after).filter(([name, value]) => comparable(value) !== comparable(before[name])));

// What everybody may know, for those who do not change it.
function readOnly({ f }, settings) {
  const days = settings.send_days.length === 7 ? "Every day" : f.list(settings.send_days.map((day) => DAYS[day]));
  const clock = (wall) => new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit", timeZone: "UTC" }).format(new Date(`2000-01-01T${wall.slice(0, 5)}Z`));
  const rows = [
    ["How often", FREQUENCIES[settings.frequency] + (settings.paused ? " (paused now)" : "")],
    ["Hours", `${clock(settings.send_window.opens)} to ${clock(settings.send_window.closes)}`],
    ["Days", days],
    ["First alert", settings.first_alert_after_days === 0 ? "On the day of the charge" : `${settings.first_alert_after_days} ${settings.first_alert_after_days === 1 ? "day" : "days"} after the charge`],
    ["Smallest balance", f.money(settings.minimum_balance_cents)],
    ["Most alerts in one day", settings.daily_limit?.toLocaleString("en-US") ?? "No limit"],
    ["Amount in the message", settings.include_amount ? "Yes" : "No"],
    settings.pilot_contacts && ["Tried out with", `${settings.pilot_contacts.length} contacts; nobody else is sent to`],
  ].filter(Boolean);
  return h("section", { class: "card" },
    h("h1", {}, "Patient Engagement"),
    h("p", { class: "note" }, "Only a therapy director, a practice administrator or a business owner can change these settings. Ask one of them if something should be different."),
    h("dl", { class: "facts" }, rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))));
}
