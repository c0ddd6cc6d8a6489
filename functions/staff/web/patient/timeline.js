// One timeline: charges, alerts with their delivery, payments and questions, newest first.

import * as api from "../api.js";
import { announce, h, whileBusy } from "../dom.js";
import { Happenings } from "./happenings.js";

const AT_ONCE = 20;

// A list of the API that is read page by page, as far as the timeline gets.
class Source {
  #path;
  #name;
  #seen;
  #cursor = null;
  #more = true;
  items = [];

  constructor(path, name, seen) {
    this.#path = path;
    this.#name = name;
    this.#seen = seen;
  }

  // The newest item that was not taken yet, or null.
  async first() {
    while (this.items.length === 0 && this.#more) {
      const page = await api.get(this.#path, { cursor: this.#cursor });
      this.items = page[this.#name].map(this.#seen).filter(Boolean);
      this.#cursor = page.next_cursor ?? null;
      this.#more = this.#cursor !== null;
    }
    return this.items[0] ?? null;
  }
}

// `asked` brings the patient, who is asked for at the same time.
export async function timelineCard(app, id, asked) {
  const path = `/patients/${api.id(id)}`;
  const happenings = new Happenings(app, id);
  const sources = ["entries", "alerts", "payments", "questions"].map((name) =>
    new Source(`${path}/${name}`, name, (one) => happenings[name](one)));
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
      list.append(item.draw());
    }
    const firsts = await Promise.all(sources.map((source) => source.first()));
    more.hidden = firsts.every((one) => one === null);
  };
  const [{ cases }] = await Promise.all([asked, ...sources.map((source) => source.first())]);
  happenings.name(cases);
  await add();
  return h("section", { class: "card", "aria-labelledby": "timeline" },
    h("h2", { id: "timeline", tabIndex: -1 }, "What happened"),
    list.children.length ? list : h("p", { class: "hint" }, "Nothing yet."), more);
}

async function newest(sources) {
  const firsts = await Promise.all(sources.map((source) => source.first()));
  const [best] = sources.map((source, number) => ({ source, item: firsts[number] }))
    .filter(({ item }) => item)
    .sort((one, other) => Date.parse(other.item.at) - Date.parse(one.item.at));
  return best?.source.items.shift() ?? null;
}
