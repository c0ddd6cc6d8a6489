// Patient Engagement: text and email alerts, each with its contact, the consent to it and its state.

import * as api from "../api.js";
import { ask, formDialog } from "../dialog.js";
import { h } from "../dom.js";
import { check, field, textInput } from "../fields.js";
import { CONTACT_STATES, contactWords, explain, fullName } from "../words.js";

const NAMES = { text: "Text alerts", email: "Email alerts" };
const CONTACTS = { text: "mobile number", email: "email address" };
const FIELDS = { text: "mobile", email: "email" };
const SOURCES = { staff: "told to staff", import: "with an import", portal: "on the patient\u2019s page" };

export function channelsCard(app, patient) {
  return h("section", { class: "card", "aria-labelledby": "engagement" },
    h("h2", { id: "engagement" }, "Patient Engagement"),
    patient.contacts.map((one) => channelRow(app, patient, one)));
}

function channelRow(app, patient, one) {
  const { channel } = one;
  const id = `switch-${channel}`;
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const blocked = whyNot(one);
  const state = h("span", { class: "position", "aria-hidden": "true" }, one.subscribed ? "On" : "Off");
  const button = h("button", {
    type: "button", role: "switch", id, class: "switch", "aria-checked": String(Boolean(one.subscribed)),
    "aria-labelledby": `${id}-name`, "aria-describedby": `${id}-told`, disabled: Boolean(blocked && !one.subscribed),
  }, h("span", { class: "track", "aria-hidden": "true" }), state);
  let busy = false;
  const turn = async () => {
    await api.put(`/patients/${api.id(patient.patient_id)}/balance-alerts`, { [channel]: !one.subscribed });
    return () => app.reload(id, `${NAMES[channel]} are ${one.subscribed ? "off" : "on"}.`);
  };
  button.addEventListener("click", async () => {
    if (busy) return;
    if (!one.subscribed && one.contact) {
      askConsent(patient, one, turn);
      return;
    }
    busy = true;
    problem.hidden = true;
    try {
      await (await turn())();
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
      problem.textContent = explain(error);
      problem.hidden = false;
    } finally {
      busy = false;
    }
  });
  const broken = one.contact && ["bounced", "invalid"].includes(one.state);
  return h("div", { class: "switch-row" },
    h("h3", { id: `${id}-name` }, NAMES[channel]), button,
    h("div", { id: `${id}-told` },
      h("p", {}, one.contact ? h("strong", {}, contactWords(one.contact)) : `No ${CONTACTS[channel]} on file`,
        one.contact && one.state && h("span", { class: one.state === "reachable" ? "chip good" : "chip bad" }, CONTACT_STATES[one.state])),
      h("p", { class: "hint" }, consentWords(app, one)),
      blocked && h("p", { class: "hint" }, blocked)),
    h("div", { class: "row-actions" },
      h("button", { type: "button", class: "small", onclick: () => changeContact(app, patient, one) }, one.contact ? `Change ${CONTACTS[channel]}` : `Add ${CONTACTS[channel]}`),
      broken && h("button", { type: "button", class: "small", onclick: () => confirmContact(app, patient, one) }, "It is right, try again")),
    problem);
}

function askConsent(patient, { channel, contact }, turn) {
  ask(`Turn on ${NAMES[channel].toLowerCase()}?`, `Only if ${fullName(patient)} agreed to get them at ${contactWords(contact)}. Their consent is recorded with your name and the time.`, { button: "They agreed", busy: "Saving\u2026" }, turn);
}

// Why staff cannot switch a channel on.
function whyNot(one) {
  if (!one.contact) return null;
  if (["opted_out", "complained"].includes(one.state)) {
    return one.channel === "text" ? "The owner of this number opted out. Only they can opt in again: on their page, or by texting START." : "The owner of this address opted out. Only they can opt in again, on their page.";
  }
  if (one.withdrawn_by_patient_at) return "The patient switched this off. Only they can switch it on again, on their page.";
  return null;
}

function consentWords({ f }, { consent, contact }) {
  if (!consent) return "No consent recorded yet.";
  const how = SOURCES[consent.source] ?? consent.source.replaceAll("_", " ");
  const other = consent.contact && consent.contact !== contact ? ` (for ${contactWords(consent.contact)})` : "";
  const by = consent.recorded_by.startsWith("import") ? "an import" : consent.recorded_by;
  return `${consent.withdrawn ? "Withdrawn" : "Agreed"} on ${f.date(consent.at)}, ${how}${other}; recorded by ${by}.`;
}

function changeContact(app, patient, one) {
  const { channel } = one;
  const path = `/patients/${api.id(patient.patient_id)}`;
  const input = textInput(contactWords(one.contact), { type: channel === "text" ? "tel" : "email" });
  formDialog(`${one.contact ? "Change" : "Add"} the ${CONTACTS[channel]}`, [
    field(FIELDS[channel], channel === "text" ? "Mobile number" : "Email address", input, { hint: one.contact ? "Links sent to the old one stop working." : null }),
    check("agreed", `${fullName(patient)} agreed to ${NAMES[channel].toLowerCase()} here`, false, { hint: "Without a new consent alerts are off for the new contact." }),
  ], { button: "Save", busy: "Saving\u2026" }, async (form) => {
    await api.put(path, { [FIELDS[channel]]: input.value.trim() || null });
    if (form.querySelector("#field-agreed").checked) await api.put(`${path}/balance-alerts`, { [channel]: true });
    return () => app.reload(`switch-${channel}`, "Saved.");
  });
}

function confirmContact(app, patient, { channel, contact }) {
  ask("Is the contact right?", `Messages to ${contactWords(contact)} did not arrive. Confirm it only if the patient told you that it is right; alerts then go there again.`, { button: "It is right" }, async () => {
    await api.post(`/patients/${api.id(patient.patient_id)}/contacts/${channel}/confirm`);
    return () => app.reload(`switch-${channel}`, "Confirmed.");
  });
}
