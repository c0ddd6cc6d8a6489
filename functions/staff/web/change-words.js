// What was changed, in sentences: the trail holds codes, names of fields, times and masked contacts.

import { paymentNumber } from "./payment-words.js";
import { CONTACT_STATES, DAYS, FREQUENCIES, HOLDS, LANGUAGES, LEVELS, readable } from "./words.js";
import { zoneWords } from "./zones.js";

export const ACTIONS = {
  all_alerts_paused: "All alerts paused by the operator", all_alerts_resumed: "All alerts let go by the operator",
  balance_alerts_changed: "Alert settings changed", profile_changed: "Practice profile changed",
  authorize_net_connected: "Authorize.net connected", authorize_net_disconnected: "Authorize.net disconnected",
  practice_exported: "Everything kept of the practice exported", patient_exported: "What is on file of a patient exported",
  patient_added: "Patient added", patient_changed: "Patient\u2019s details changed", contacts_erased: "Contacts erased",
  subscription_changed: "Alerts of a patient switched", contact_confirmed: "Contact confirmed", contact_opted_in: "Contact opted in again by its owner",
  hold_set: "Alerts of a patient held", hold_released: "Hold released", send_now: "Alert sent now",
  link_issued: "Link handed out", links_revoked: "All links of a patient ended",
  entry_recorded: "Ledger entry recorded", question_answered: "Question answered",
  payment_resolved: "Payment settled by hand", payment_overturned: "Payment settled by hand was charged after all",
  attention_released: "Counted after all", attention_dismissed: "Dismissed on Today",
  staff_invited: "Colleague invited", staff_changed: "Staff account changed", staff_removed: "Staff account removed",
};

const FIELDS = {
  frequency: "How often", paused: "Pause", send_window: "Sending hours", send_days: "Sending days", minimum_balance_cents: "Smallest balance",
  first_alert_after_days: "Days before the first alert", daily_limit: "Most alerts in one day", include_amount: "Amount in the message", pilot_contacts: "Tried out with",
  display_name: "Name", short_name: "Short name", reply_to: "Replies go to", api_login_id: "Login", has_signature_key: "Signature key",
  first_name: "First name", last_name: "Last name", date_of_birth: "Date of birth", time_zone: "Time zone", member_ids: "Member ids", other_coverage: "Another insurer pays too",
  mobile: "Mobile number", email: "Email address", text_alerts: "Text alerts", email_alerts: "Email alerts",
  level: "Level", disabled: "May sign in", state: "State", ...HOLDS,
};

const ON = { true: "on", false: "off" };
const YES = { true: "yes", false: "no" };

// What a value is called where it is no text of its own.
const VALUES = {
  paused: ON, text_alerts: ON, email_alerts: ON,
  include_amount: YES, has_signature_key: YES, other_coverage: YES, disabled: { true: "no", false: "yes" },
  frequency: FREQUENCIES, level: LEVELS, language: LANGUAGES, state: CONTACT_STATES,
};
const UNSET = { daily_limit: "no limit", pilot_contacts: "everybody", time_zone: "the practice\u2019s", text_alerts: "not set", email_alerts: "not set" };
const ENTRIES = { responsibility: "Charge", payment: "Payment", adjustment: "Adjustment", refund: "Refund", chargeback: "Chargeback" };

const KINDS = [
  [/^(\d\d:\d\d) to (\d\d:\d\d)$/, (f, [, from, to]) => `${clock(from)} to ${clock(to)}`],
  [/^\d{4}-\d\d-\d\dT/, (f, [all], value) => `${f.date(value)}, ${f.time(value)}`],
  [/^\d{4}-\d\d-\d\d$/, (f, [day]) => f.calendarDate(day)],
];

const clock = (wall) => new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit", timeZone: "UTC" }).format(new Date(`2000-01-01T${wall}Z`));

export const actionWords = ({ action }) => ACTIONS[action] ?? readable(action);

// Whose it is, where it is neither a patient's nor the practice's.
export function subjectWords({ subject, before, after }) {
  if (subject.startsWith("staff ")) return after.colleague ?? after.name ?? before.name ?? "a colleague";
  const [, charge] = /^item charge-([^.]+)/.exec(subject) ?? [];
  if (charge) return `charge ${charge}`;
  if (subject.startsWith("item link-")) return "a locked link";
  if (subject.startsWith("item contact-")) return "a contact that could not be reached";
  return subject.startsWith("item ") ? "a parked claim or payment" : subject;
}

// Those whose codes say less than one sentence does.
const OWN = {
  all_alerts_paused: () => [], all_alerts_resumed: () => [], send_now: () => [], links_revoked: () => [],
  link_issued: ({ after }, f) => [`It works until ${value("expires_at", after.expires_at, f)}, unless it is ended before.`],
  entry_recorded: ({ after }, f) => [`${ENTRIES[after.kind] ?? readable(after.kind)} of ${f.money(after.amount_cents)}, case ${after.case_id}`],
  subscription_changed: ({ before, after }, f) => sentences({ before: switches(before), after: switches(after) }, f),
  hold_set: (one, f) => holds(one.after).map(([reason, until]) => `${HOLDS[reason] ?? readable(reason)}, ${through(until, f)}${one.before[reason] ? `; it was ${through(one.before[reason], f)}` : ""}.`),
  hold_released: (one, f) => holds(one.before).map(([reason, until]) => `${HOLDS[reason] ?? readable(reason)}; it was ${through(until, f)}.`),
  question_answered: ({ before, after }) => (before.held && !after.held ? ["Alerts may go out again."] : []),
  authorize_net_disconnected: ({ before }) => [`Patients cannot pay online any more. The login was ${before.api_login_id}.`],
  staff_invited: ({ after }) => [`${LEVELS[after.level]}, ${after.email}`],
  staff_removed: ({ before }) => [`${LEVELS[before.level]}, ${before.email}`],
  contact_confirmed: contactBack, contact_opted_in: contactBack,
  payment_resolved: ({ after }, f) => [settled(after, f, after.state === "charged" ? "The card was charged" : "The card was not charged")],
  payment_overturned: ({ after }, f) => [`${settled(after, f, "The card was charged")} It is in the balance now.`],
};

const switches = ({ text, email }) => ({ text_alerts: text, email_alerts: email });
const holds = (told) => Object.entries(told).filter(([, until]) => until);
const through = (until, f) => (/^\d/.test(until) ? `through ${f.calendarDate(until)}` : "without end");

function contactBack({ before, after }) {
  const was = CONTACT_STATES[before.state];
  return [`Alerts may go to ${after.contact} again${was ? `; it was marked as: ${was.toLowerCase()}` : ""}.`];
}

function settled(after, f, found) {
  return `${paymentNumber(after)}, ${f.money(after.amount_cents)}. ${found}${after.trans_id ? `, transaction ${after.trans_id}` : ""}.`;
}

const HIDDEN = ["colleague", "connection_id"];

// One sentence for each thing that changed; none where the title says it all.
export function changeSentences(one, f) {
  return one.action in OWN ? OWN[one.action](one, f) : sentences(one, f);
}

function sentences(one, f) {
  const names = [...new Set([...Object.keys(one.before), ...Object.keys(one.after)])];
  return names.filter((name) => !HIDDEN.includes(name)).map((name) => fieldSentence(name, one, f)).filter(Boolean);
}

function fieldSentence(name, { before, after }, f) {
  const [was, is] = [value(name, before[name], f), value(name, after[name], f)];
  if (was === is) return null;
  const label = FIELDS[name] ?? readable(name);
  if (!is) return `${label}: taken off; it was ${was}.`;
  return was ? `${label}: from ${was} to ${is}.` : `${label}: ${is}.`;
}

// Nothing is an empty text, unless it means something.
function value(name, told, f) {
  if (told === null || told === undefined || told === "" || told.length === 0) return UNSET[name] ?? "";
  const known = VALUES[name]?.[told];
  if (known) return known;
  if (name.endsWith("_cents")) return f.money(told);
  if (name === "time_zone") return zoneWords(told);
  if (name === "send_days") return told.split(" ").length === 7 ? "every day" : f.list(told.split(" ").map((day) => DAYS[day]));
  if (Array.isArray(told)) return f.list(told.map(String));
  for (const [shape, words] of KINDS) {
    const found = shape.exec(told);
    if (found) return words(f, found, told);
  }
  return typeof told === "number" ? told.toLocaleString("en-US") : String(told);
}
