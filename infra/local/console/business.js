// The business dashboard as a table: a row a local day, newest first, a column a panel.

import { byId, element, weekdayOf, zoneName } from "./dom.js";

let shown = "";

export const isOpen = () => byId("business").open;

export const metricsPath = () => `metrics?${new URLSearchParams({ time_zone: zoneName() })}`;

export function showBusiness({ panels, days }) {
  const digest = JSON.stringify([panels, days]);
  if (digest === shown) return;
  shown = digest;
  byId("business-days").hidden = days.length === 0;
  byId("business-none").hidden = days.length > 0;
  const heading = (title) => element("th", { scope: "col" }, title);
  byId("business-panels").replaceChildren(heading("Day"), ...panels.map(heading));
  byId("business-rows").replaceChildren(...days.map(({ day, values }) => element("tr", {},
    element("th", { scope: "row" }, weekdayOf(day)),
    ...values.map((value) => element("td", {}, value === null ? "–" : value.toLocaleString("en-US"))))));
}
