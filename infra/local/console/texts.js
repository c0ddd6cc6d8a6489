// Texts as a phone shows them: one conversation a number, newest on top; then its bubbles.

import { byId, dateOf, dayOf, element, timeOf } from "./dom.js";
import { reportForm } from "./reports.js";

let messages = [];
let open = null;
let report = null;

// `tell(asked, said, place)` reports what became of a message.
export function showTexts(all, tell) {
  report = tell;
  messages = all.filter((message) => message.channel === "text");
  byId("texts-total").textContent = messages.length;
  if (open !== null && !messages.some((message) => message.to === open)) open = null;
  render();
}

export function prettyNumber(number) {
  const us = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return us ? `(${us[1]}) ${us[2]}-${us[3]}` : number;
}

function render() {
  byId("thread-back").hidden = open === null;
  byId("threads").hidden = open !== null;
  byId("thread").hidden = open === null;
  byId("thread-report").hidden = open === null;
  byId("thread-title").textContent = open === null ? "Texts" : prettyNumber(open);
  if (open === null) byId("threads").replaceChildren(...threads());
  else byId("thread").replaceChildren(...bubbles(open));
}

function threads() {
  const latest = new Map();
  for (const message of messages) {
    const count = (latest.get(message.to)?.count ?? 0) + 1;
    latest.delete(message.to);
    latest.set(message.to, { message, count });
  }
  if (latest.size === 0) return [element("li", { className: "empty" }, "No texts yet.")];
  return [...latest.values()].reverse().map(({ message, count }) => {
    const row = element(
      "button", { type: "button", className: "row" },
      element("span", { className: "row-top" },
        element("strong", {}, prettyNumber(message.to)),
        element("span", { className: "when" }, dateOf(message.sent_at))),
      element("span", { className: "snippet" }, message.text.replace(message.link, "…")),
      count > 1 ? element("span", { className: "badge", "aria-label": `${count} texts` }, String(count)) : null,
    );
    row.addEventListener("click", () => openThread(message.to));
    return element("li", {}, row);
  });
}

function bubbles(number) {
  let day = null;
  const rows = [];
  for (const message of messages.filter(({ to }) => to === number)) {
    const heading = `${dayOf(message.sent_at)}, ${timeOf(message.sent_at)}`;
    if (heading !== day) rows.push(element("li", { className: "day" }, heading));
    day = heading;
    rows.push(element("li", { className: "bubble" }, ...withLink(message)));
  }
  return rows;
}

function withLink({ text, link }) {
  if (!link || !text.includes(link)) return [text];
  const [before, ...after] = text.split(link);
  const anchor = element("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, link);
  return [before, anchor, after.join(link)];
}

function openThread(number) {
  open = number;
  byId("thread-report").replaceChildren(reportForm(number, report));
  render();
  byId("thread-title").focus();
  byId("thread").scrollTop = byId("thread").scrollHeight;
}

byId("thread-back").addEventListener("click", () => {
  open = null;
  render();
  byId("threads").querySelector("button")?.focus();
});
