// Today: what waits for somebody at the practice.

import * as api from "../api.js";
import { questionRow } from "../today/questions.js";
import { attentionGroups } from "../today/attention.js";
import { People } from "../people.js";
import { h } from "../dom.js";
import { ownPauseBanner, pauseBanner } from "../pauses.js";
import { stoppedBanners } from "../stopped-channels.js";
import { plural } from "../words.js";

const LARGE = "staff-large-practice";

export async function render(app) {
  const [open, waiting, going] = await Promise.all([whole("/questions", "questions", { state: "open" }), whole("/attention", "items"), goingOut(app), app.loadPractice()]);
  const people = new People(app);
  const count = open.items.length + waiting.items.length;
  const content = [
    pauseBanner(app),
    ownPauseBanner(app),
    ...stoppedBanners(app),
    h("section", { class: "card" },
      h("h1", { id: "today", tabIndex: -1 }, "Today"),
      h("p", { class: "lead" }, count === 0 ? "Nothing waits for you." : `${plural(count, "thing waits", "things wait")} for somebody to look at${open.more || waiting.more ? ", and there are more" : ""}.`),
      going && !app.practice.paused_by_operator && !app.practice.balance_alerts.paused && h("p", {}, going)),
    open.items.length > 0 && h("section", { class: "card", "aria-labelledby": "questions" },
      h("h2", { id: "questions" }, "Patients\u2019 questions"),
      h("ul", { class: "rows" }, open.items.map((one) => questionRow(app, people, one)))),
    ...attentionGroups(app, people, waiting.items, "today"),
    (open.more || waiting.more) && h("p", { class: "note" }, "More is shown here once some of this is done."),
  ];
  people.fill();
  return { title: "Today", content };
}

// The first pages: nobody works through more at a time.
async function whole(path, name, query = {}) {
  const page = await api.get(path, query);
  return { items: page[name], more: Boolean(page.next_cursor) };
}

// How many alerts go out today, for those who may foresee it.
async function goingOut(app) {
  if (!app.may("therapy_director") || window.sessionStorage.getItem(LARGE)) return null;
  try {
    const { status, answer } = await api.post("/practice/balance-alerts/preview", {});
    if (status !== 200) { // made in the background: too much for a glance, so not asked for again
      window.sessionStorage.setItem(LARGE, "true");
      return null;
    }
    const [today] = answer.days;
    return today.alerts ? `${plural(today.alerts, "alert goes", "alerts go")} out today.` : "No alert is due to go out today.";
  } catch {
    return null;
  }
}
