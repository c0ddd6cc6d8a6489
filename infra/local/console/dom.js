// Small helpers for building the page. Text always goes in as text, never as markup.

export const byId = (id) => document.getElementById(id);

export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== ""));
  return node;
}

let zone = "UTC";

export function useZone(name) {
  zone = name;
}

export const zoneName = () => zone;

const formats = new Map();

function format(options, instant) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) {
    formats.set(key, new Intl.DateTimeFormat("en-US", { timeZone: zone, ...options }));
  }
  return formats.get(key).format(new Date(instant));
}

export const timeOf = (instant) => format({ hour: "numeric", minute: "2-digit" }, instant);
export const dayOf = (instant) => format({ weekday: "short", month: "short", day: "numeric" }, instant);
export const dateOf = (instant) => format({ month: "short", day: "numeric" }, instant);
export const longDayOf = (instant) =>
  format({ weekday: "long", month: "long", day: "numeric", year: "numeric" }, instant);
export const zoneOf = (instant) =>
  `${zone.replaceAll("_", " ")}, ${format({ timeZoneName: "short", hour: "numeric" }, instant).split(" ").pop()}`;

// A local date such as `2026-11-23`, whatever the zone shown.
export const weekdayOf = (day) => new Date(`${day}T12:00:00Z`)
  .toLocaleDateString("en-US", { timeZone: "UTC", weekday: "short", month: "short", day: "numeric" });

// The local wall time `2026-11-23T15:30` in the zone shown, as an instant.
export function instantOf(wallTime) {
  const asUtc = Date.parse(`${wallTime}Z`);
  let instant = asUtc;
  for (let round = 0; round < 2; round += 1) instant = asUtc - (wallClock(instant) - instant);
  return new Date(instant);
}

// What a clock on the wall shows at an instant, read as if it were UTC.
export function wallClock(instant) {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
    hour: "2-digit", minute: "2-digit", second: "2-digit",
  }).formatToParts(new Date(instant));
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return Date.parse(`${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}Z`);
}
