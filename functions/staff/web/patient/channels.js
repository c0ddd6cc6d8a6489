// Patient Engagement: text and email alerts, each with its contact, the consent to it and its state.

import * as api from "../api.js";
import { ask, formDialog } from "../dialog.js";
import { h } from "../dom.js";
import { FieldProblem, check, field, textInput } from "../fields.js";
import { CONTACT_STATES, contactWords, explain, fullName } from "../words.js";
import { BROKEN, WITHDRAWN, consentWords, sinceWords, whyNot } from "./contact-words.js";

const NAMES = { text: "Text alerts", email: "Email alerts" };
const CONTACTS = { text: "mobile number", email: "email address" };
const FIELDS = { text: "mobile", email: "email" };

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
  const on = one.subscribed && !WITHDRAWN.includes(one.state); // as the patient's own page has it
  const state = h("span", { class: "position", "aria-hidden": "true" }, on ? "On" : "Off");
  const button = h("button", {
    type: "button", role: "switch", id, class: "switch", "aria-checked": String(Boolean(on)),
    "aria-labelledby": `${id}-name`, "aria-describedby": `${id}-told`, disabled: Boolean(blocked && !on),
  }, h("span", { class: "track", "aria-hidden": "true" }), state);
  let busy = false;
  const turn = async () => {
    await api.put(`/patients/${api.id(patient.patient_id)}/balance-alerts`, { [channel]: !on });
    return () => app.reload(id, `${NAMES[channel]} are ${on ? "off" : "on"}.`);
  };
  button.addEventListener("click", async () => {
    if (busy) return;
    if (!on && one.contact) {
      askConsent(app, patient, one, turn);
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
  const broken = one.contact && BROKEN.includes(one.state);
  const told = [one.contact && sinceWords(app, one), consentWords(app, one), blocked].filter(Boolean);
  return h("div", { class: "switch-row" },
    h("h3", { id: `${id}-name` }, NAMES[channel]), button,
    h("div", { id: `${id}-told` },
      h("p", {}, one.contact ? h("strong", {}, contactWords(one.contact)) : `No ${CONTACTS[channel]} on file`,
        one.contact && one.state && h("span", { class: one.state === "reachable" ? "chip good" : "chip bad" }, CONTACT_STATES[one.state])),
      told.map((words) => h("p", { class: "hint" }, words))),
    h("div", { class: "row-actions" },
      h("button", { type: "button", class: "small", "aria-label": one.contact ? `Change ${CONTACTS[channel]}` : null, onclick: () => changeContact(app, patient, one) }, one.contact ? "Change" : `Add ${CONTACTS[channel]}`),
      one.contact && h("button", { type: "button", class: "small", "aria-label": `Remove ${CONTACTS[channel]}`, onclick: () => removeContact(app, patient, one) }, "Remove"),
      broken && h("button", { type: "button", class: "small", onclick: () => confirmContact(app, patient, one) }, "It is right, try again")),
    problem);
}

function askConsent({ f }, patient, { channel, contact, consent, subscribed }, turn) {
  const where = `at ${contactWords(contact)}`;
  // Agreed to when the contact was put on file, and never switched on since.
  const stands = subscribed === null && consent && !consent.withdrawn && consent.contact === contact;
  ask(`Turn on ${NAMES[channel].toLowerCase()}?`, stands
    ? `${fullName(patient)} agreed to get them ${where} on ${f.date(consent.at)}.`
    : `Only if ${fullName(patient)} agreed to get them ${where}. Their consent is recorded with your name and the time.`,
  { button: stands ? "Turn on" : "They agreed", busy: "Saving\u2026" }, turn);
}

function changeContact(app, patient, one) {
  const { channel } = one;
  const path = `/patients/${api.id(patient.patient_id)}`;
  const input = textInput(contactWords(one.contact), { type: channel === "text" ? "tel" : "email" });
  // The API tells the time to the second: never before what was agreed to last.
  const at = new Date(Math.max(api.now(), one.consent ? Date.parse(one.consent.at) + 1 : 0)).toISOString();
  const alerts = NAMES[channel].toLowerCase();
  let half = false; // the contact is saved, the alerts are not on
  const dialog = formDialog(`${one.contact ? "Change" : "Add"} the ${CONTACTS[channel]}`, [
    field(FIELDS[channel], channel === "text" ? "Mobile number" : "Email address", input, { hint: one.contact ? linksEnd(patient, one) : null }),
    one.withdrawn_by_patient_at
      ? h("p", { class: "note" }, `The patient switched ${alerts} off. They stay off until the patient switches them on again, on their page.`)
      : check("agreed", `${fullName(patient)} agreed to ${alerts} here`, false, { hint: `Their consent is recorded with your name and the time. Without it ${alerts} are off for the new contact.` }),
  ], { button: "Save", busy: "Saving\u2026" }, async (form) => {
    const typed = input.value.trim();
    if (!typed) throw new FieldProblem(FIELDS[channel], `Enter the ${CONTACTS[channel]}.`);
    const agreed = form.querySelector("#field-agreed")?.checked;
    await api.put(path, { [FIELDS[channel]]: typed, ...(agreed && { consent: { source: "staff", at } }) });
    // What was on stays on by the consent; what was off is switched on beside it.
    half = agreed && !one.subscribed;
    if (half) await api.put(`${path}/balance-alerts`, { [channel]: true });
    half = false;
    return () => app.reload(`switch-${channel}`, "Saved.");
  });
  dialog.addEventListener("close", () => half && app.reload(`switch-${channel}`, `The contact was saved; ${alerts} are off.`));
}

// A link handed out here goes with the mobile number of that moment, else with the email address.
function linksEnd({ mobile }, { channel }) {
  const handedOut = channel === "email" && mobile
    ? "those that you handed out before there was a mobile number"
    : "those that you handed out with New link";
  return `Links sent to the old one, and ${handedOut}, stop working at once.`;
}

function removeContact(app, patient, { channel, contact }) {
  ask(`Remove the ${CONTACTS[channel]}?`, `${contactWords(contact)} is taken off. ${NAMES[channel]} stop. ${linksEnd(patient, { channel })}`, { button: "Remove", danger: true, busy: "Removing\u2026" }, async () => {
    await api.put(`/patients/${api.id(patient.patient_id)}`, { [FIELDS[channel]]: null });
    return () => app.reload(`switch-${channel}`, "Removed.");
  });
}

function confirmContact(app, patient, { channel, contact }) {
  ask("Is the contact right?", `Messages to ${contactWords(contact)} did not arrive. Confirm it only if the patient told you that it is right; alerts then go there again.`, { button: "It is right" }, async () => {
    await api.post(`/patients/${api.id(patient.patient_id)}/contacts/${channel}/confirm`);
    return () => app.reload(`switch-${channel}`, "Confirmed.");
  });
}
