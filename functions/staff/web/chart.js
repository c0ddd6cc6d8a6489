// A bar for each day. The same is said in words and in a table beside it.

import { h } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 180;
const ROOM_ABOVE = 8;

function drawn(tag, attributes, text) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  if (text) node.textContent = text;
  return node;
}

// A round number at or above the largest value, so that its line means something.
function ceiling(largest) {
  const size = 10 ** Math.floor(Math.log10(Math.max(largest, 1)));
  return [1, 2, 5, 10].map((step) => step * size).find((top) => top >= largest);
}

// `bars`: {value, title} in order; `ends`: what is written below, from left to right.
export function barChart({ bars, label, ends }) {
  const top = ceiling(Math.max(...bars.map(({ value }) => value), 1));
  const svg = drawn("svg", { class: "bars", width: "100%", height: HEIGHT + ROOM_ABOVE, role: "img", "aria-label": label });
  const at = (value) => ROOM_ABOVE + HEIGHT - (value / top) * HEIGHT;
  for (const value of top > 1 ? [0, top / 2, top] : [0, top]) {
    svg.append(drawn("line", { x1: "0", x2: "100%", y1: at(value) - 0.5, y2: at(value) - 0.5, class: value ? "rule" : "rule base" }));
  }
  const width = 100 / bars.length;
  bars.forEach(({ value, title }, number) => {
    if (!value) return;
    const height = Math.max(2, (value / top) * HEIGHT);
    const bar = drawn("rect", {
      x: `${number * width + width * 0.14}%`, width: `${width * 0.72}%`, y: ROOM_ABOVE + HEIGHT - height, height, rx: 1.5, class: "bar",
    });
    bar.append(drawn("title", {}, title));
    svg.append(bar);
  });
  return h("div", { class: "chart" },
    h("div", { class: "scale", "aria-hidden": "true" }, h("span", {}, top.toLocaleString("en-US")), h("span", {}, "0")),
    h("div", { class: "plot" }, svg,
      h("div", { class: "ends", "aria-hidden": "true" }, ends.map((words) => h("span", {}, words)))));
}
