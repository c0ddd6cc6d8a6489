// A patient who is added by hand: who they are, how they are reached, and what they agreed to.

import * as api from "../api.js";
import { DayInput } from "../days.js";
import { tellDialog } from "../dialog.js";
import { h, icon } from "../dom.js";
import { FieldProblem, boxes, chosenOf, field, submit, textInput } from "../fields.js";
import { explain, fullName } from "../words.js";
import { DetailFields } from "../patient/detail-fields.js";

const ID = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$/; // two dots would lead up in an address
const CHANNELS = { text: "Text alerts", email: "Email alerts" };
const CONTACTS = { text: "mobile", email: "email" };
const MISSING = { text: "Enter the number that texts go to.", email: "Enter the address that emails go to." };

export async function render(app) {
  return {
    title: "Add a patient",
    content: [h("a", { class: "back", href: "#/patients" }, icon("back"), "Patients"), form(app)],
  };
}

function form(app) {
  const id = textInput("", { maxLength: 64, autocapitalize: "none", spellcheck: false });
  const details = new DetailFields(app);
  const contacts = {
    text: textInput("", { type: "tel", maxLength: 40 }),
    email: textInput("", { type: "email", maxLength: 254 }),
  };
  const source = textInput("", { maxLength: 200 });
  const given = new DayInput(app);
  const consent = h("div", { class: "two", hidden: true },
    field("consent.source", "How they agreed", source, { hint: "Such as: intake form, or by phone" }),
    field("consent.at", "When", given.input, { hint: "The day on which they agreed." }));
  const agreed = boxes("agreed", "Which alerts did the patient agree to?", CHANNELS, [], { hint: "Alerts go out only where they agreed. Leave both out if nobody asked yet." });
  const button = h("button", { class: "primary" }, "Add patient");
  const element = h("form", { class: "card", noValidate: true },
    h("h1", {}, "Add a patient"),
    field("patient_id", "Patient id", id, { hint: "As your own system has it: letters, digits, dots, _ and -. It cannot be changed later." }),
    details.identity,
    h("div", { class: "two" },
      field("mobile", "Mobile number", contacts.text, { optional: true }),
      field("email", "Email address", contacts.email, { optional: true })),
    details.more, agreed, consent,
    h("div", { class: "actions" }, button, h("a", { class: "button", href: "#/patients" }, "Cancel")));
  agreed.addEventListener("change", () => { consent.hidden = chosenOf(element, "agreed").length === 0; });

  const read = () => {
    if (!ID.test(id.value.trim())) throw new FieldProblem("patient_id", "Enter 1 to 64 letters, digits, dots, _ or -.");
    const wanted = chosenOf(element, "agreed");
    const reached = Object.fromEntries(Object.entries(contacts).map(([channel, input]) => [channel, input.value.trim()]));
    for (const channel of wanted) {
      if (!reached[channel]) throw new FieldProblem(CONTACTS[channel], MISSING[channel]);
    }
    if (wanted.length && !source.value.trim()) throw new FieldProblem("consent.source", "Say how they agreed.");
    const contactsOf = (agreedTo) => Object.fromEntries(Object.keys(contacts)
      .filter((channel) => reached[channel] && wanted.includes(channel) === agreedTo)
      .map((channel) => [CONTACTS[channel], reached[channel]]));
    const said = wanted.length ? { consent: { source: source.value.trim(), at: given.read() } } : {};
    return { id: id.value.trim(), who: { ...details.read(), ...contactsOf(true), ...said }, others: contactsOf(false), wanted };
  };

  const adding = new Adding();
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(element, button, async () => {
      const patient = read();
      const problem = await adding.add(patient).finally(() => { id.readOnly = adding.ours !== null; });
      app.go(`patients/${api.id(patient.id)}`);
      if (problem) {
        tellDialog(`${fullName(patient.who)} was added`, h("p", {}, "Alerts could not be switched on. ", explain(problem)),
          h("p", {}, "Patient Engagement on the patient\u2019s page shows which are on."));
      }
    }, { busy: "Adding\u2026" });
  });
  return element;
}

// Adds one patient, however often it takes: an id that is taken belongs to somebody else, unless
// it is `ours`, taken from here by a try before.
class Adding {
  ours = null;

  // What kept alerts from being switched on, if anything did; by then the patient is there.
  async add({ id, who, others, wanted }) {
    const path = `/patients/${api.id(id)}`;
    if (id !== this.ours) await this.#check(path);
    await this.#put(id, path, who);
    // Consent is for every contact it comes with, so those without any go by themselves.
    if (Object.keys(others).length) await api.put(path, others);
    if (!wanted.length) return null;
    try {
      await api.put(`${path}/balance-alerts`, Object.fromEntries(wanted.map((channel) => [channel, true])));
      return null;
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
      return error;
    }
  }

  async #check(path) {
    const there = await api.get(path).catch((error) => {
      if (error.status === 404) return null;
      throw error;
    });
    if (there) throw new FieldProblem("patient_id", `This id belongs to ${fullName(there)}. Search for them, or enter another id.`);
  }

  async #put(id, path, who) {
    try {
      await api.put(path, who);
    } catch (error) {
      if (error.status === 0 || error.status >= 500) this.ours = id; // it may have gone in
      throw error;
    }
    this.ours = id;
  }
}
