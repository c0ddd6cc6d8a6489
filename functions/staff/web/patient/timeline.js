// One timeline: charges, alerts with their delivery, payments and questions, newest first.

import * as api from "../api.js";
import { announce, h, whileBusy } from "../dom.js";
import { CHANNELS, GOOD_STATUSES, PAYMENTS, QUESTIONS, STATUSES } from "../words.js";

const AT_ONCE = 20;
const MONEY_MOVED = ["payment", "refund", "chargeback"]; // shown once each, as payments
const DETAILS = { out_of_time: "the other channel came first", channel_stopped: "the channel was stopped", throttled: "too many at once", daily_quota_exceeded: "daily quota used up" };

// A list of the API that is read page by page, as far as the timeline gets.
class Source {
  #path;
  #name;
  #draw;
  #cursor = null;
  #more = true;
  items = [];

  constructor(path, name, draw) {
    this.#path = path;
    this.#name = name;
    this.#draw = draw;
  }

  // The newest item that was not taken yet, or null.
  async first() {
    while (this.items.length === 0 && this.#more) {
      const page = await api.get(this.#path, { cursor: this.#cursor });
      this.items = page[this.#name].map(this.#draw).filter(Boolean);
      this.#cursor = page.next_cursor ?? null;
      this.#more = this.#cursor !== null;
    }
    return this.items[0] ?? null;
  }
}

export async function timelineCard(app, id) {
  const path = `/patients/${api.id(id)}`;
  const sources = [
    new Source(`${path}/entries`, "entries", (one) => entry(app, one)),
    new Source(`${path}/alerts`, "alerts", (one) => alert(app, one)),
    new Source(`${path}/payments`, "payments", (one) => payment(app, one)),
    new Source(`${path}/questions`, "questions", (one) => question(app, one)),
  ];
  const list = h("ul", { class: "entries" });
  const more = h("button", { type: "button", onclick: () => whileBusy(more, "Loading\u2026", async () => {
    const had = list.children.length;
    await add();
    announce(`${list.children.length - had} more`);
    list.children[had]?.focus();
  }) }, "Show more");
  const add = async () => {
    for (let number = 0; number < AT_ONCE; number += 1) {
      const item = await newest(sources);
      if (!item) break;
      list.append(item.element);
    }
    const firsts = await Promise.all(sources.map((source) => source.first()));
    more.hidden = firsts.every((one) => one === null);
  };
  await add();
  return h("section", { class: "card", "aria-labelledby": "timeline" },
    h("h2", { id: "timeline" }, "What happened"),
    list.children.length ? list : h("p", { class: "hint" }, "Nothing yet."), more);
}

async function newest(sources) {
  const firsts = await Promise.all(sources.map((source) => source.first()));
  const [best] = sources.map((source, number) => ({ source, item: firsts[number] }))
    .filter(({ item }) => item)
    .sort((one, other) => other.item.at.localeCompare(one.item.at));
  return best?.source.items.shift() ?? null;
}

function item(app, at, { title, amount = null, down = false, lines = [], when }) {
  return {
    at,
    element: h("li", { class: "entry", tabIndex: -1 },
      h("div", { class: "entry-top" }, h("span", { class: "entry-title" }, title),
        amount && h("span", { class: down ? "entry-amount down" : "entry-amount" }, amount)),
      lines.filter(Boolean).map((line) => (typeof line === "string" ? h("p", { class: "hint" }, line) : line)),
      h("p", { class: "hint" }, when)),
  };
}

const moment = ({ f }, at) => `${f.date(at)}, ${f.time(at)}`;

function entry(app, one) {
  if (MONEY_MOVED.includes(one.kind)) return null;
  const { f } = app;
  const cents = one.change_cents;
  const title = one.kind === "responsibility" ? "Charge" : one.reverses ? "Correction" : cents < 0 ? "Adjustment, owes less" : "Adjustment, owes more";
  const why = [one.cause?.replaceAll("_", " "), one.payer && `after ${one.payer}`].filter(Boolean).join(", ");
  return item(app, one.recorded_at, {
    title, amount: f.signed(cents), down: cents < 0,
    lines: [one.case_label || `Case ${one.case_id}`, one.service_date && `Visit on ${f.calendarDate(one.service_date)}`, why, one.description],
    when: moment(app, one.recorded_at),
  });
}

function alert(app, one) {
  const channels = one.channels.map(({ channel, status, detail }) => h("p", {},
    `${CHANNELS[channel]}: `, h("span", { class: GOOD_STATUSES.includes(status) ? "chip good" : "chip bad" }, STATUSES[status] ?? status),
    detail && h("span", { class: "hint" }, ` ${DETAILS[detail] ?? detail.replaceAll("_", " ")}`)));
  // Only the local day is known; of that day it comes before what was recorded at noon or later.
  return item(app, `${one.sent_on}T12:00:00Z`, { title: "Alert", lines: channels, when: app.f.calendarDate(one.sent_on) });
}

function payment(app, one) {
  const { f } = app;
  const title = PAYMENTS[one.kind]?.[one.status] ?? one.kind;
  const counts = one.status === "posted";
  const cents = one.kind === "payment" ? -one.amount_cents : one.amount_cents;
  return item(app, one.recorded_at, {
    title, amount: counts ? f.signed(cents) : f.money(one.amount_cents), down: counts && cents < 0,
    lines: [one.method && `By ${one.method}`, one.status === "pending" && "Not in the balance yet. Do not take it again."],
    when: moment(app, one.recorded_at),
  });
}

function question(app, one) {
  return item(app, one.asked_at, {
    title: `Question: ${QUESTIONS[one.reason] ?? one.reason}`,
    lines: [one.message && h("p", { class: "said" }, one.message), one.call_back && "Asks to be called back", one.state === "open" ? "Not answered yet" : "Answered"],
    when: moment(app, one.asked_at),
  });
}
