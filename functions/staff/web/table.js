// Tables that stay tables for those who hear them, and become lists where there is no room.

import { h } from "./dom.js";

// `columns`: {title, number?}; `rows`: lists of cells, the first of which names its row.
export function table(caption, columns, rows, { captionHidden = true, stays = false } = {}) {
  return h("table", { class: stays ? "table stays" : "table", role: "table" },
    h("caption", { class: captionHidden ? "unseen" : null }, caption),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, columns.map(({ title, number }) =>
      h("th", { scope: "col", role: "columnheader", class: number ? "count" : null }, title)))),
    h("tbody", { role: "rowgroup" }, rows.map((cells) => h("tr", { role: "row" }, cells.map((cell, at) =>
      h(at === 0 ? "th" : "td", {
        role: at === 0 ? "rowheader" : "cell", scope: at === 0 ? "row" : null,
        class: columns[at].number ? "count" : null, "data-title": columns[at].title,
      }, h("span", { class: "cell" }, cell)))))));
}
