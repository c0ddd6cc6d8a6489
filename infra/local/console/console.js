// The console page: the clock, the schedule, what went out, and what was paid.

import { isOpen, metricsPath, showBusiness } from "./business.js";
import { byId, element, instantOf, longDayOf, timeOf, useZone, wallClock, zoneOf } from "./dom.js";
import { kindOf, showImport, summary } from "./imports.js";
import { showMail } from "./mail.js";
import { saidOfMode, saidOfReconciliation, saidOfReview, showGateway } from "./payments.js";
import { showStaff } from "./staff.js";
import { showTexts } from "./texts.js";

const DAY = 24 * 60 * 60 * 1000;
const LOOK_AGAIN = 4000;

let ahead = 0;
let shown = "";
let practices = [];

async function ask(method, path, body, type = "application/json") {
  const response = await fetch(`/local/${path}`, {
    method, body, headers: body ? { "Content-Type": type } : {},
  });
  const result = response.status === 204 ? null : await response.json();
  if (!response.ok) throw new Error(result.detail ?? response.statusText);
  return result;
}

// An answer is shown where it was asked for.
const say = (text, { isError = false, place = byId("status") } = {}) => {
  place.textContent = text;
  place.classList.toggle("error", isError);
};

const now = () => Date.now() + ahead;

function tick() {
  byId("now-time").textContent = timeOf(now());
  byId("now-time").dateTime = new Date(now()).toISOString();
  byId("now-day").textContent = longDayOf(now());
  byId("now-zone").textContent = zoneOf(now());
}

function takeClock({ now: instant }) {
  ahead = Date.parse(instant) - Date.now();
  tick();
}

async function setClock(instant) {
  takeClock(await ask("PUT", "clock", JSON.stringify({ now: instant.toISOString() })));
}

async function refresh({ always = false } = {}) {
  const [clock, scan, outbox, known, gateway, charges, staff] = await Promise.all(
    ["clock", "scan", "outbox", "practices", "gateway", "gateway/charges", "staff"].map((path) => ask("GET", path)));
  showPractices(known.practices);
  takeClock(clock);
  showCounts(scan.last ?? {});
  showGateway(gateway, charges, review);
  showStaff(staff);
  if (isOpen()) showBusiness(await ask("GET", metricsPath()));
  const digest = JSON.stringify(outbox);
  if (digest === shown && !always) return;
  shown = digest;
  showTexts(outbox.messages, report);
  showMail(outbox.messages, report);
}

function showCounts(counts) {
  for (const [name, count] of Object.entries(counts)) {
    byId(`count-${name}`).textContent = count;
    byId(`count-${name}`).className = "";
  }
}

function showPractices(known) {
  if (JSON.stringify(known) === JSON.stringify(practices)) return;
  practices = known;
  const chosen = byId("practice").value;
  byId("practice").replaceChildren(
    ...practices.map(({ practice_id: id, display_name: name }) => element("option", { value: id }, name)));
  if (practices.some(({ practice_id: id }) => id === chosen)) byId("practice").value = chosen;
  if (practices.length === 0) byId("practice").append(element("option", { value: "" }, "none yet"));
  // There is something to choose from two on.
  byId("practice-choice").hidden = practices.length < 2;
  byId("practice-only").hidden = practices.length > 1;
  byId("practice-only").textContent = practices[0]?.display_name ?? "No practice yet";
  useZoneOfPractice();
}

function useZoneOfPractice() {
  const chosen = practices.find(({ practice_id: id }) => id === byId("practice").value);
  useZone(chosen?.time_zone ?? "UTC");
}

// Runs one thing at a time: buttons wait, and what `work` returns or throws is said in its place.
async function busy(doing, work, place = byId("status")) {
  const buttons = document.querySelectorAll(".controls button, .extras button, .report button");
  for (const button of buttons) button.setAttribute("aria-disabled", "true");
  document.body.classList.add("busy");
  for (const answer of document.querySelectorAll(".said")) answer.textContent = "";  // no longer true
  say(doing, { place });
  try {
    say(await work(), { place });
  } catch (error) {
    say(error.message, { isError: true, place });
  } finally {
    for (const button of buttons) button.removeAttribute("aria-disabled");
    document.body.classList.remove("busy");
    place.scrollIntoView({ block: "nearest" });
  }
}

const idle = (event) => event.currentTarget.getAttribute("aria-disabled") !== "true";

function runSchedule(days) {
  return busy("Running the schedule…", async () => {
    if (days > 0) await setClock(new Date(now() + days * DAY));
    const counts = await ask("POST", "scan");
    await refresh();
    return counts.queued === 0 ? "Nobody is due." : `${counts.sent} of ${counts.queued} due accounts were alerted.`;
  });
}

for (const button of document.querySelectorAll("[data-days]")) {
  button.addEventListener("click", (event) => idle(event) && runSchedule(Number(button.dataset.days)));
}

byId("practice").addEventListener("change", () => {
  useZoneOfPractice();
  refresh({ always: true });
});

byId("import-file").addEventListener("change", (event) => {
  const file = event.target.files[0];
  if (file) byId("import-kind").value = kindOf(file.name);
});

function onSubmit(form, doing, work) {
  byId(form).addEventListener("submit", (event) => {
    event.preventDefault();
    if (!document.body.classList.contains("busy")) busy(doing, work, byId(form).querySelector(".said"));
  });
}

function review(id, decision) {
  if (document.body.classList.contains("busy")) return;
  busy("Telling the gateway…", async () => {
    await ask("POST", "gateway/reviews", JSON.stringify({ trans_id: id, decision }));
    await refresh();
    byId("charges").focus();
    return saidOfReview(decision);
  }, byId("charges-said"));
}

function report(asked, said, place) {
  if (document.body.classList.contains("busy")) return;
  busy("Reporting…", async () => {
    await ask("POST", "delivery-events", JSON.stringify(asked));
    return said;
  }, place);
}

onSubmit("import-form", "Importing…", async () => {
  const file = byId("import-file").files[0];
  const query = new URLSearchParams({
    practice_id: byId("practice").value, kind: byId("import-kind").value,
  });
  byId("import-result").replaceChildren();
  const outcome = await ask("POST", `imports?${query}`, file, "application/octet-stream");
  showImport(outcome);
  return summary(outcome);
});

onSubmit("clock-form", "Setting the clock…", async () => {
  await setClock(instantOf(byId("clock-value").value));
  return "The clock is set. Alerts go out when the schedule runs.";
});

onSubmit("clear-form", "Clearing…", async () => {
  await ask("DELETE", "outbox");
  await refresh();
  return "No messages are kept.";
});

onSubmit("gateway-form", "Setting the gateway…", async () => {
  const { mode } = await ask("PUT", "gateway", JSON.stringify({ mode: byId("gateway-mode").value }));
  await refresh();
  return saidOfMode(mode);
});

onSubmit("reconcile-form", "Reconciling…", async () => {
  const counts = await ask("POST", "reconcile");
  await refresh();
  return saidOfReconciliation(counts);
});

// On narrow screens texts and email are two tabs; where there is room both show.
const tabs = [byId("tab-texts"), byId("tab-mail")];

function choose(tab) {
  for (const other of tabs) {
    const selected = other === tab;
    other.setAttribute("aria-selected", String(selected));
    other.tabIndex = selected ? 0 : -1;
    byId(other.getAttribute("aria-controls")).classList.toggle("chosen", selected);
  }
}

for (const tab of tabs) {
  tab.addEventListener("click", () => choose(tab));
  tab.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = tabs[1 - tabs.indexOf(tab)];
    choose(other);
    other.focus();
  });
}

byId("business").addEventListener("toggle", () => {
  if (isOpen()) refresh().catch((error) => say(error.message, { isError: true }));
});

byId("other").addEventListener("toggle", () => {
  byId("clock-value").value = new Date(wallClock(now())).toISOString().slice(0, 16);
});

choose(tabs[0]);
setInterval(tick, 1000);
setInterval(() => {
  const idleNow = !document.hidden && !document.body.classList.contains("busy");
  if (idleNow) refresh().catch(() => say("The local stack has stopped.", { isError: true }));
}, LOOK_AGAIN);
refresh().catch((error) => say(error.message, { isError: true }));
