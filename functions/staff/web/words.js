// What codes of the API are called on the page.

export const LEVELS = {
  front_desk: "Front desk",
  clinical_staff: "Clinical staff",
  therapy_director: "Therapy director",
  practice_administrator: "Practice administrator",
  business_owner: "Business owner",
};

export const FREQUENCIES = {
  two_weeks: "Every two weeks",
  monthly: "Every Month",
  dont_send: "Don\u2019t Send",
};

export const DAYS = {
  mon: "Monday", tue: "Tuesday", wed: "Wednesday", thu: "Thursday", fri: "Friday", sat: "Saturday", sun: "Sunday",
};

export const CHANNELS = { text: "Text", email: "Email" };

// Why patients get no alert, as headings of a count.
export const LEFT_OUT = {
  practice_off: "Alerts are paused or switched off for the practice",
  not_subscribed: "Not subscribed by text or email",
  no_reachable_contact: "No mobile number or email that can be reached",
  nothing_owed: "Nothing owed",
  below_minimum: "Owe less than the minimum",
  window_closed: "No new charge in the last 60 days",
  on_hold: "On hold",
  payment_pending: "A payment is being confirmed",
  too_soon: "Next alert falls after these 60 days",
  outside_send_window: "No sending hours in these 60 days",
  daily_limit: "Others wait longer, every day (daily limit)",
  not_in_pilot: "Not among the contacts you try alerts out with",
};

const PROBLEMS = {
  unknown_job: "Reports are kept for one day. Load the page again to have this one made anew.",
  changed_meanwhile: "Somebody else changed this at the same moment. Load the page again, then make your change.",
  send_window_out_of_hours: "Alerts go out between 8:00 AM and 9:00 PM only. Choose hours within these.",
  send_window_too_short: "The hours must be two or more, so that everybody\u2019s turn comes.",
  try_again: "It is not known yet whether the alert went out. Press the button again: it goes out once at most.",
  alert_not_sent: "No message could be sent at present. Try again in a few minutes.",
};

// Why an alert cannot be sent now.
const NOT_DUE = {
  too_soon: "An alert went out to this patient today already. The next one can be sent tomorrow.",
  outside_send_window: "It is outside your sending hours. Alerts can be sent again when they begin.",
  daily_limit: "Your practice has sent as many alerts today as its daily limit allows.",
};
const notDue = (reason) => NOT_DUE[reason] ?? `No alert can go out now. The reason: ${LEFT_OUT[reason] ?? "something has changed; load the page again"}.`;

// What went wrong, in words for whoever reads the page.
export function explain(error) {
  if (error.code === "not_due") return notDue(error.reason);
  if (error.code in PROBLEMS) return PROBLEMS[error.code];
  if (error.status === 0) return "We could not reach the service. Check your connection and try again.";
  if (error.status === 403) return "Your level does not allow this. Ask a colleague with more rights to do it.";
  if (error.status === 429) return "There were too many requests. Wait a moment, then try again.";
  if (error.status >= 500) return "Something went wrong on our side, and nothing was changed. Try again in a moment.";
  return error.detail || "That did not work. Try again.";
}

export const plural = (number, one, more) => `${number.toLocaleString("en-US")} ${number === 1 ? one : more}`;

export const HOLDS = {
  dispute: "Dispute",
  payment_plan: "Payment plan",
  insurance_pending: "Insurance pending",
  hardship: "Hardship",
  patient_question: "Patient\u2019s question",
  other: "Other",
  deceased: "Deceased",
  bankruptcy: "Bankruptcy",
  workers_comp_or_lien: "Workers\u2019 compensation or lien",
  agency: "With an agency",
};
export const HOLDS_WITHOUT_END = ["deceased", "bankruptcy", "workers_comp_or_lien", "agency"];
export const HOLDS_THAT_REVOKE = ["deceased", "bankruptcy"];

export const CONTACT_STATES = {
  reachable: "Reachable",
  opted_out: "Opted out",
  bounced: "Messages come back",
  complained: "Reported as spam",
  invalid: "Not a valid contact",
};

export const QUESTIONS = {
  insurance_not_finished: "Insurance has not finished",
  already_paid: "Already paid",
  wrong_amount: "The amount looks wrong",
  not_mine: "Not mine",
  need_time: "Needs more time to pay",
  other: "Something else",
};

export const PAYMENTS = {
  payment: { posted: "Payment", pending: "Payment, being confirmed", declined: "Payment declined", failed: "Payment failed" },
  refund: { posted: "Refund to the patient" },
  chargeback: { posted: "Card payment taken back by the bank" },
};

// Why a charge is the patient's to pay, and how money came.
export const CAUSES = { copay: "Copay", deductible: "Deductible", coinsurance: "Coinsurance", self_pay: "Not billed to insurance" };
export const METHODS = { card: "Card", cash: "Cash", check: "Check", ach: "Bank transfer", eft: "Bank transfer", online: "Card, online" };

export const LANGUAGES = { en: "English", es: "Spanish" };

// A contact as people write it: (508) 555-0100.
export const contactWords = (contact) => contact?.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3") ?? "";

export const fullName = ({ first_name: first, last_name: last }) => `${first} ${last}`;

// A code that nobody foresaw, as words.
export function readable(code) {
  const text = code.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
