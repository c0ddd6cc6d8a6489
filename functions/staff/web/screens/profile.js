// Settings: who the practice is to its patients.

import * as api from "../api.js";
import { h } from "../dom.js";
import { field, select, submit, textInput } from "../fields.js";
import { ZONES, zonesWith } from "../zones.js";

const CHANGES = "therapy_director";
const FIELDS = ["display_name", "short_name", "phone", "hours", "website", "reply_to", "time_zone"];
const CLEARED = ["hours", "website", "reply_to"];

export async function render(app) {
  const practice = await app.loadPractice();
  return { title: "Practice profile", content: [app.may(CHANGES) ? form(app, practice) : readOnly(practice)] };
}

function form(app, shown) {
  let practice = shown;
  const inputs = {
    display_name: textInput(practice.display_name, { maxLength: 80 }),
    short_name: textInput(practice.short_name, { maxLength: 80 }),
    phone: textInput(practice.phone, { type: "tel", maxLength: 40 }),
    hours: textInput(practice.hours, { maxLength: 200 }),
    website: textInput(practice.website, { type: "url", maxLength: 200 }),
    reply_to: textInput(practice.reply_to, { type: "email", maxLength: 254 }),
    time_zone: select(zonesWith(practice.time_zone), practice.time_zone),
  };
  const button = h("button", { class: "primary" }, "Save");
  const saved = h("p", { class: "saved", role: "status" });
  const element = h("form", { class: "card", noValidate: true },
    h("h1", {}, "Practice profile"),
    h("p", { class: "lead" }, "Who you are to your patients, in messages and on their page."),
    field("display_name", "Name", inputs.display_name),
    field("short_name", "Short name for texts", inputs.short_name, { hint: "The whole text, with its link, fits into one message of 160 characters." }),
    field("phone", "Phone that patients call", inputs.phone),
    field("hours", "Hours", inputs.hours, { hint: "In one line, such as: Monday to Friday 7:00 am to 6:00 pm", optional: true }),
    field("website", "Website", inputs.website, { hint: "Such as https://example.org", optional: true }),
    field("reply_to", "Where answers to emails go", inputs.reply_to, { optional: true }),
    field("time_zone", "Time zone", inputs.time_zone, { hint: "Of patients whose own is not on file." }),
    h("div", { class: "actions" }, button), saved);
  element.addEventListener("input", () => { saved.textContent = ""; });
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(element, button, async () => {
      const typed = Object.fromEntries(FIELDS.map((name) => [name, inputs[name].value.trim() || (CLEARED.includes(name) ? null : "")]));
      const changes = Object.fromEntries(FIELDS.filter((name) => typed[name] !== (practice[name] || (CLEARED.includes(name) ? null : ""))).map((name) => [name, typed[name]]));
      await api.put("/practice", changes);
      practice = await app.loadPractice();
      inputs.phone.value = practice.phone; // as patients read it
      saved.textContent = "Saved.";
    });
  });
  return element;
}

function readOnly(practice) {
  const rows = [
    ["Name", practice.display_name], ["Short name for texts", practice.short_name], ["Phone", practice.phone],
    ["Hours", practice.hours || "Not set"], ["Website", practice.website ?? "Not set"],
    ["Where answers to emails go", practice.reply_to ?? "Not set"], ["Time zone", ZONES[practice.time_zone] ?? practice.time_zone],
  ];
  return h("section", { class: "card" },
    h("h1", {}, "Practice profile"),
    h("p", { class: "note" }, "Only a therapy director, a practice administrator or a business owner can change this. Ask one of them if something should be different."),
    h("dl", { class: "facts" }, rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))));
}
