// What the next 60 days of alerts would look like under settings that are not saved yet.

import * as api from "./api.js";
import { barChart } from "./chart.js";
import { h } from "./dom.js";
import { whenDone } from "./jobs.js";
import { pausedSentence, whyOff } from "./pauses.js";
import { table } from "./table.js";
import { LEFT_OUT, explain, plural } from "./words.js";

const PATH = "/practice/balance-alerts/preview";
const ASK_AFTER = 400; // milliseconds after the last change

export class Preview {
  #app;
  #timer = 0;
  #serial = 0;
  #title = h("h2", { id: "preview-title", tabIndex: -1 }, "The next 60 days");
  #body = h("div", { class: "preview-body" });
  #status = h("p", { class: "hint", role: "status" });
  #progress = h("div", { class: "part" });

  constructor(app) {
    this.#app = app;
    this.element = h("section", { class: "card preview", "aria-labelledby": "preview-title" }, this.#title,
      h("p", { class: "hint" }, "What these settings would do if nobody paid and no charge was added. Nothing is saved or sent."),
      this.#status, this.#progress, this.#body);
  }

  // Ask for the preview of `settings` in a moment; a later wish takes the place of this one. `said`
  // words what the API refuses.
  ask(settings, said = explain) {
    this.leave();
    this.#status.textContent = "Working it out\u2026";
    this.#body.classList.add("stale");
    this.#timer = window.setTimeout(this.#show.bind(this), ASK_AFTER, settings, said, this.#serial);
  }

  // The settings cannot be read: nothing can be foreseen.
  cannot(words) {
    this.leave();
    this.#status.textContent = words;
    this.#body.replaceChildren();
  }

  leave() {
    this.#serial += 1;
    this.#progress.replaceChildren();
    window.clearTimeout(this.#timer);
  }

  async #show(settings, said, mine) {
    try {
      const { answer } = await api.post(PATH, settings);
      const foreseen = answer.job_id ? await this.#made(answer.job_id, mine) : answer;
      if (mine !== this.#serial) return;
      this.#draw(foreseen, { ...this.#app.practice, balance_alerts: { ...this.#app.practice.balance_alerts, ...settings } });
    } catch (error) {
      if (mine !== this.#serial) return;
      if (!(error instanceof api.ApiError)) throw error;
      this.cannot(said(error));
    }
  }

  async #made(job, mine) {
    const done = await whenDone(PATH, job, { into: this.#progress, wanted: () => mine === this.#serial });
    return done?.preview;
  }

  // `practice` as it would be with these settings.
  #draw({ days, accounts, alerted, left_out: leftOut }, practice) {
    const { f } = this.#app;
    const total = days.reduce((sum, day) => sum + day.alerts, 0);
    this.#status.textContent = summary(this.#app, { days, total, accounts, alerted });
    this.#body.classList.remove("stale");
    const shown = days.filter(({ alerts }) => alerts);
    const columns = [{ title: "Day" }, { title: "Alerts", number: true }, { title: "Texts", number: true }, { title: "Emails", number: true }];
    const reasons = Object.entries(leftOut).filter(([, number]) => number).sort(([, one], [, other]) => other - one);
    this.#body.replaceChildren(...[
      barChart({
        bars: days.map(({ on, alerts }) => ({ value: alerts, title: `${f.calendarDate(on)}: ${plural(alerts, "alert", "alerts")}` })),
        label: `Bar chart of alerts a day: ${this.#status.textContent} The table below has the same numbers.`,
        ends: [days[0], days[Math.floor(days.length / 2)], days.at(-1)].map(({ on }) => shortDay(on)),
      }),
      total > 0 && h("div", { class: "days", role: "region", "aria-label": "Alerts a day", tabIndex: 0 },
        table("Alerts a day; days without any are left out", columns,
          shown.map(({ on, alerts, text, email }) => [weekday(on), alerts, text, email].map((one) => (typeof one === "number" ? one.toLocaleString("en-US") : one))), { stays: true })),
      reasons.length > 0 && h("div", { class: "left-out" },
        h("h3", {}, "Patients who get none, and why"),
        h("ul", {}, reasons.map(([reason, number]) => h("li", {}, h("strong", {}, number.toLocaleString("en-US")), " ", reason === "practice_off" ? whyOff(practice) : LEFT_OUT[reason] ?? reason)))),
    ].filter(Boolean));
  }
}

function summary({ f, practice }, { days, total, accounts, alerted }) {
  const pause = practice?.paused_by_operator;
  if (total === 0 && pause) return `No alert would go out: nothing can be foreseen meanwhile. ${pausedSentence(pause, f)}`;
  if (total === 0) return `No alert would go out. ${plural(accounts, "patient", "patients")} looked at.`;
  const first = days.find(({ alerts }) => alerts);
  const most = days.reduce((one, other) => (other.alerts > one.alerts ? other : one));
  return `${plural(total, "alert", "alerts")} to ${alerted.toLocaleString("en-US")} of ${plural(accounts, "patient", "patients")}. `
    + `They begin on ${f.calendarDate(first.on)}; the busiest day is ${f.calendarDate(most.on)} with ${most.alerts.toLocaleString("en-US")}.`;
}

const utc = (words) => new Intl.DateTimeFormat("en-US", { ...words, timeZone: "UTC" });
const short = utc({ month: "short", day: "numeric" });
const long = utc({ weekday: "short", month: "short", day: "numeric" });
const shortDay = (on) => short.format(new Date(`${on}T00:00:00Z`));
const weekday = (on) => long.format(new Date(`${on}T00:00:00Z`));
