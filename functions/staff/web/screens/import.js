// One import: how far it is, and each refused line with its reason.

import * as api from "../api.js";
import { download } from "../download.js";
import { announce, h, icon, whileBusy } from "../dom.js";
import { KINDS, STATES, isOver, outcome } from "../imports.js";
import { table } from "../table.js";
import { People } from "../people.js";
import { attentionGroups } from "../today/attention.js";
import { plural } from "../words.js";

const LOOK_AGAIN = 2_000;
const AT_MOST = 200; // more lines are in the file with all of them

export async function render(app, { import_id: id }) {
  const path = `/imports/${api.id(id)}`;
  const body = h("div", { class: "column" });
  const parked = h("div", { class: "column" });
  const waiting = (one) => one.counts.parked > 0 && showParked(app, parked, id);
  let timer = 0;
  let left = false;
  const draw = (one) => {
    body.replaceChildren(...[progress(app, one), one.refused.length > 0 && refused(path, one)].filter(Boolean));
    if (!over(one)) timer = window.setTimeout(look, LOOK_AGAIN);
  };
  const look = async () => {
    const one = await api.get(path).catch(() => null);
    if (left) return;
    if (!one) {
      timer = window.setTimeout(look, LOOK_AGAIN);
      return;
    }
    draw(one);
    if (over(one)) await waiting(one);
    if (over(one)) announce(`${STATES[one.state]}: ${outcome(one)}`);
  };
  const first = await api.get(path);
  draw(first);
  await waiting(first);
  return {
    title: "Import",
    content: [h("a", { class: "back", href: "#/imports" }, icon("back"), "Imports"), body, parked],
    leave: () => { left = true; window.clearTimeout(timer); },
  };
}

// What of this file waits for somebody to release or dismiss it; Today has that of all files.
async function showParked(app, place, id) {
  const { items } = await api.get("/attention");
  const people = new People(app);
  place.replaceChildren(...attentionGroups(app, people, items.filter((one) => one.import_id === id), "import").filter(Boolean));
  people.fill();
}

const over = ({ state }) => isOver(state);

function progress({ f, link }, one) {
  const { parked } = one.counts;
  return h("section", { class: "card" },
    h("h1", { id: "import", tabIndex: -1 }, KINDS[one.kind] ?? one.kind),
    h("p", { class: "hint" }, `Received ${f.date(one.received_at)}, ${f.time(one.received_at)}`),
    h("p", { class: "lead" }, h("strong", {}, STATES[one.state] ?? one.state), over(one) ? "" : ". You can leave this page; it goes on."),
    one.total_lines !== null && !over(one) && h("progress", { max: Math.max(one.total_lines, 1), value: one.lines_read, "aria-label": "Lines read" }),
    h("p", {}, one.total_lines === null ? "" : `${one.lines_read.toLocaleString("en-US")} of ${plural(one.total_lines, "line", "lines")} read. `, outcome(one)),
    one.error_message && h("p", { class: "problem" }, one.error_message),
    parked > 0 && h("p", { class: "note" }, `${plural(parked, "item was", "items were")} parked for somebody to release or dismiss. Those that still wait are below, and on `, link("today", "Today"), "."));
}

function refused(path, one) {
  const button = h("button", { type: "button", onclick: () => whileBusy(button, "One moment\u2026", async () => {
    download(`refused-${one.import_id}.csv`, await api.get(path, { format: "csv" }, { plain: true }));
  }) }, "Download as CSV");
  return h("section", { class: "card", "aria-labelledby": "refused" },
    h("h2", { id: "refused" }, plural(one.refused.length, "refused line", "refused lines")),
    h("p", { class: "hint" }, "Correct them in the file and import it again: what went in already stays as it is."),
    h("div", { class: "actions" }, button),
    table("Refused lines", [{ title: "Line" }, { title: "Why" }], one.refused.slice(0, AT_MOST).map(({ line, message }) => [line.toLocaleString("en-US"), message]), { stays: true }),
    one.refused.length > AT_MOST && h("p", { class: "hint" }, `The first ${AT_MOST}; the CSV has all of them.`));
}
