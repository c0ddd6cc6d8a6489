// A contact's state and the consent to it: since when, and by whose doing.

import { contactWords, readable } from "../words.js";

export const WITHDRAWN = ["opted_out", "complained"]; // by the contact's owner, who alone takes it back
export const BROKEN = ["bounced", "invalid"]; // staff confirm or change it

const OWN = { text: "this number", email: "this address" };

// What somebody did to bring a state about, as a source names it.
const DOINGS = {
  text_reply: { opted_out: "its owner texted STOP", reachable: "its owner texted START" },
  one_click: { opted_out: "its owner unsubscribed in an email" },
  portal: { reachable: "the patient opted in on their page" },
  email_report: { bounced: "an email came back", complained: "an email was reported as spam" },
  text_report: { opted_out: "the phone company reported an opt-out", invalid: "the phone company reported that no phone takes texts there" },
  opt_out_list: { opted_out: "found on the phone company\u2019s list of opt-outs" },
  provider: { opted_out: "a text was refused, because its owner opted out", invalid: "a message was refused, because there is no such contact" },
  staff: { reachable: "confirmed by staff" },
};

// Empty where nothing was ever told of the contact.
export function sinceWords({ f }, { state, state_since: since, state_source: source }) {
  if (!since) return "";
  const doing = DOINGS[source]?.[state] ?? (source ? readable(source).toLowerCase() : "no source given");
  return `Since ${f.date(since)}, ${f.time(since)}: ${doing}.`;
}

// Why staff cannot switch a channel on.
export function whyNot(one) {
  if (!one.contact) return null;
  if (WITHDRAWN.includes(one.state)) {
    const start = one.channel === "text" ? ": on their page, or by texting START." : ", on their page.";
    return `The owner of ${OWN[one.channel]} wants no alerts there. Only they can turn them on again${start}`;
  }
  if (one.withdrawn_by_patient_at) return "The patient switched this off. Only they can switch it on again, on their page.";
  if (BROKEN.includes(one.state) && !one.subscribed) return "Messages do not arrive there. Confirm or change it before you switch alerts on.";
  return null;
}

const SOURCES = { staff: "told to staff", import: "with an import", portal: "on the patient\u2019s page" };

const WITHDRAWALS = {
  text_reply: "they texted STOP",
  one_click: "they unsubscribed in an email",
  email_report: "they reported an email as spam",
  text_report: "the phone company reported their opt-out",
  opt_out_list: "they are on the phone company\u2019s list of opt-outs",
  provider: "the phone company reported their opt-out",
};

const OPT_INS = { text_reply: "they texted START", portal: "they turned alerts on, on a patient\u2019s page" };

// What was last agreed to or withdrawn; empty where the state of the contact says so already.
export function consentWords({ f }, { channel, consent, contact, state, state_since: since }) {
  if (!consent) return "No consent recorded yet.";
  const { source, at, withdrawn, contact: meant, recorded_by: by } = consent;
  const what = `${withdrawn ? "Withdrawn" : "Agreed"} on ${f.date(at)}`;
  const another = meant && meant !== contact ? contactWords(meant) : null;
  if (by === "contact") {
    if (!another && WITHDRAWN.includes(state) && at === since) return "";
    return `${what} by the owner of ${another ?? OWN[channel]}: ${(withdrawn ? WITHDRAWALS : OPT_INS)[source] ?? readable(source).toLowerCase()}.`;
  }
  const place = another ? ` (for ${another})` : "";
  if (by === "patient") return `${what}${place} by the patient, on their page.`;
  const how = SOURCES[source] ?? source.replaceAll("_", " ");
  return `${what}, ${how}${place}; recorded by ${by.startsWith("import") ? "an import" : by}.`;
}
