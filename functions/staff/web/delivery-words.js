// What became of a message, in the words of somebody at the front desk, and what they can do.

import { readable } from "./words.js";

const STATUSES = {
  accepted: "Sent",
  delivered: "Delivered",
  bounced: "Came back",
  complained: "Reported as spam",
  opted_out: "Opted out",
  carrier_blocked: "Blocked by the carrier",
  not_sent: "Not sent",
  unknown: "Unknown whether it was sent",
  undetermined: "Delivery not confirmed",
};
const GOOD = ["accepted", "delivered"];

const GOES_ON = "That alone does not stop further alerts.";
const ask = (contact) => `Ask the patient for the right ${contact}, then change or confirm it.`;
const TELL = "Tell the operator of this system.";
const UNCLEAR = "Whether it arrived is not known. It is not repeated, so that nobody gets it twice.";
const MAILBOX = `There is no such mailbox, or it takes no emails. ${ask("address")}`;
const SPAM = "Marked as spam by the patient or their email service. No more emails go to that address until its owner turns them on again, on their page.";
const CONTENT = `The patient\u2019s email service did not take the wording. ${TELL}`;
const BUSY = `Too many messages waited at that moment, and it is not repeated. ${GOES_ON}`;
const SIGN_IN = `The system could not sign in where messages are handed over. ${TELL}`;

// What a status says where its detail says no more.
const OUTCOMES = {
  accepted: "Handed over; whether it arrived is not reported yet.",
  delivered: "",
  bounced: `It could not be delivered. If it happens again, ask the patient whether the contact is right. ${GOES_ON}`,
  complained: SPAM,
  opted_out: "The owner opted out. Only they can opt in again.",
  carrier_blocked: "The phone company blocked it. If it happens again, ask the patient for another number, or whether emails suit them better.",
  not_sent: "It was not sent, and for this alert it is not tried again.",
  unknown: UNCLEAR,
  undetermined: `Whether it arrived is not known. ${GOES_ON}`,
};

const DETAILS = {
  // Texts, as the phone company reports.
  phone_unreachable: `The phone was off or out of reach for too long. ${GOES_ON}`,
  carrier_unreachable: `The phone company could not be reached. ${GOES_ON}`,
  carrier_blocked: OUTCOMES.carrier_blocked,
  carrier_spam: `The phone company took it for spam. ${TELL}`,
  phone_blocked: "This phone blocks our texts. Ask the patient to let them through, or whether emails suit them better.",
  blocked_list: "This phone is on a list of numbers that get no such texts. Ask the patient whether emails suit them better.",
  opted_out: "The owner of the number opted out. Only they can opt in again: on their page, or by texting START.",
  invalid_number: `No phone takes texts at this number. ${ask("number")}`,
  no_quota: "The monthly spending limit for texts is used up. The operator of this system has to raise it.",
  above_max_price: `A text to this number costs more than the system allows. ${TELL}`,
  invalid_body: `The phone company did not take the wording. ${TELL}`,
  unknown_error: `The phone company gave no reason. ${GOES_ON}`,
  unforeseen_reason: `The phone company gave a reason that is not known here. ${GOES_ON}`,
  // Emails that came back, or were complained of.
  permanent_general: MAILBOX,
  permanent_no_email: MAILBOX,
  permanent_suppressed: `Emails to this address came back before, so it was not tried. ${ask("address")}`,
  permanent_on_account_suppression_list: "Emails to this address came back or were reported as spam before, so it was not tried. Ask the patient for another one. If it is right, the operator of this system has to clear it first.",
  transient_general: `The mailbox could not take it at that time. ${GOES_ON}`,
  transient_mailbox_full: `The patient\u2019s mailbox is full. ${GOES_ON}`,
  transient_message_too_large: CONTENT,
  transient_content_rejected: CONTENT,
  transient_attachment_rejected: CONTENT,
  undetermined_undetermined: `The patient\u2019s email service returned it without a reason. ${GOES_ON}`,
  abuse: SPAM,
  auth_failure: SPAM,
  fraud: SPAM,
  virus: SPAM,
  other: SPAM,
  rejected: `The email service took it for harmful. ${TELL}`,
  // What kept a message from being handed over.
  invalid_address: `The email service does not take this address. ${ask("address")}`,
  throttled: BUSY,
  out_of_time: BUSY,
  not_connected: `The service that delivers it could not be reached, and it is not repeated. ${GOES_ON}`,
  channel_stopped: "Nothing could be sent this way at that time. The operator of this system has to act.",
  daily_quota_exceeded: "The daily limit for emails was used up. The operator of this system may have it raised.",
  sending_paused: "The email service has stopped all emails of this system. The operator has to act.",
  account_suspended: "The email service has suspended this system. The operator has to act.",
  not_verified: "The email service does not yet let this system write to everybody. The operator has to act.",
  message_rejected: `The email service did not take it. ${TELL}`,
  access_denied: SIGN_IN,
  certificate_refused: SIGN_IN,
  no_credentials: SIGN_IN,
  // What nobody knows.
  worker_lost: `The system was interrupted while sending. ${UNCLEAR}`,
  no_report: `Nothing was reported within three days; it may have arrived. ${GOES_ON}`,
};

export const statusWords = (status) => STATUSES[status] ?? readable(status);

export const isGood = (status) => GOOD.includes(status);

// What happened and what to do about it; empty where all is well.
export function outcomeWords(status, detail) {
  if (detail in DETAILS) return DETAILS[detail];
  const told = OUTCOMES[status] ?? "";
  // Why nobody knows is of no use to anybody at the desk.
  return detail && status !== "unknown" ? `${told} The reason given: ${readable(detail).toLowerCase()}.`.trim() : told;
}
