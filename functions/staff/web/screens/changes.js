// Changes: who changed what, when, from what to what.

import * as api from "../api.js";
import { announce, h, whileBusy } from "../dom.js";
import { actionWords, changeSentences, subjectWords } from "../change-words.js";
import { People } from "../people.js";
import { LEVELS } from "../words.js";

const PATIENT = /^patient (.+)$/;
const EVERYBODYS = ["practice", "all practices"];
const ASKED = /^question [0-9a-f]+$/; // which one was answered says nothing to anybody

export async function render(app) {
  const list = h("ul", { class: "entries" });
  let cursor = null;
  const more = h("button", { type: "button", onclick: () => whileBusy(more, "Loading\u2026", async () => {
    const had = list.children.length;
    await add();
    announce(`${list.children.length - had} more`);
    list.children[had]?.focus();
  }) }, "Show more");
  const add = async () => {
    const page = await api.get("/audit", { cursor });
    cursor = page.next_cursor;
    const people = new People(app);
    list.append(...page.changes.map((one) => row(app, people, one)));
    more.hidden = !cursor;
    people.fill();
  };
  await add();
  return {
    title: "Changes",
    content: [h("section", { class: "card" },
      h("h1", {}, "Changes"),
      h("p", { class: "lead" }, "Everything that was changed at your practice, by your staff, by patients on their own page and by the operator, newest first. Nothing here can be changed or taken away. Contacts are masked."),
      list.children.length ? list : h("p", { class: "hint" }, "Nothing yet."), more)],
  };
}

function row(app, people, one) {
  const { f } = app;
  const [, patient] = PATIENT.exec(one.subject) ?? [];
  const whose = patient ? people.link(patient) : EVERYBODYS.includes(one.subject) ? null : subjectWords(one);
  return h("li", { class: "entry", tabIndex: -1 },
    h("p", {}, h("strong", {}, actionWords(one)), ...(whose ? [" \u00b7 ", whose] : [])),
    changeSentences(one, f).map((sentence) => h("p", {}, sentence)),
    one.note && !ASKED.test(one.note) && h("p", { class: "said" }, `Note: ${one.note}`),
    h("p", { class: "hint" }, `${one.by.name}${one.by.level ? `, ${LEVELS[one.by.level]?.toLowerCase() ?? one.by.level}` : ""} \u00b7 ${f.date(one.at)}, ${f.time(one.at)}`));
}
