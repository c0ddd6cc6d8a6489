// The sentence that says why the next alert is or is not coming, and when.

import { pausedSentence, whyOff } from "./pauses.js";
import { MESSAGES } from "./stopped-channels.js";

const NEVER_BY_ITSELF = {
  not_subscribed: "No alert is coming: the patient is subscribed neither by text nor by email.",
  no_reachable_contact: "No alert is coming: the contact for each subscribed channel is missing, cannot be reached or has opted out.",
  nothing_owed: "No alert is coming: nothing is owed.",
  window_closed: "No alert is coming: the newest charge was recorded 60 or more days ago. A new charge starts alerts again.",
  payment_pending: "No alert is coming: a payment is being confirmed. Once it is settled, alerts go on for what is still owed.",
};

// `channels` are those on which this patient can be alerted at all.
export function nextAlert({ due, reason, next_on: on }, { balance_alerts: settings, paused_by_operator: pause, stopped_channels: stopped }, channels, f) {
  const when = on && f.calendarDate(on);
  const trial = settings.pilot_contacts ? " Alerts are being tried out: only contacts on your list get them." : "";
  const resting = channels.filter((channel) => stopped.some((one) => one.channel === channel)).map((channel) => MESSAGES[channel]);
  if (due && resting.length && resting.length === channels.length) return `An alert is due and waits: no ${resting.join(" and no ")} go out at present. It goes out once they do.${trial}`;
  if (due) return `An alert is due now and goes out with the next run, within 15 minutes.${trial}`;
  switch (reason) {
    case "practice_off":
      if (pause) return `No alert is coming: ${lowerFirst(pausedSentence(pause, f))}`;
      return settings.paused ? "No alert is coming: your practice has paused its alerts. A therapy director ends the pause under Settings." : "No alert is coming: alerts are switched off for your practice; the frequency is Don\u2019t Send.";
    case "below_minimum":
      return `No alert is coming: less is owed than the practice\u2019s minimum of ${f.money(settings.minimum_balance_cents)}.`;
    case "on_hold":
      return when ? `Alerts are on hold. The next one is due on ${when}, once the hold is over.${trial}` : "No alert is coming: alerts are on hold, and by the end of it the newest charge is 60 days old, or the hold has no end.";
    case "too_soon":
      if (!when) return "No further alert is coming: the next one would be due when the newest charge is 60 days old. A new charge starts alerts again.";
      return `The next alert is due on ${when}, if something is still owed then.${trial}`;
    case "outside_send_window":
      return when ? `An alert is due and waits for your sending hours. It goes out on ${when}.${trial}` : "No alert is coming: there are no more sending hours within 60 days of the newest charge.";
    default:
      return `${NEVER_BY_ITSELF[reason] ?? "No alert is coming."}${when && reason !== "nothing_owed" ? ` It would be due on ${when}.` : ""}`;
  }
}

const lowerFirst = (text) => text.charAt(0).toLowerCase() + text.slice(1);

// The same for a list, in a few words.
const SHORT = {
  not_subscribed: "Not subscribed", no_reachable_contact: "Cannot be reached",
  nothing_owed: "Nothing owed", below_minimum: "Below the minimum", window_closed: "No new charge", on_hold: "On hold",
  payment_pending: "Payment being confirmed", too_soon: "None left", outside_send_window: "",
};

export function nextAlertShort({ next_alert_on: on, reason }, practice, f) {
  if (reason === "practice_off") return whyOff(practice);
  const words = reason ? SHORT[reason] ?? "" : "Due now";
  if (!on || !reason) return words || "None";
  return words && reason !== "too_soon" ? `${words}; ${f.calendarDate(on)}` : f.calendarDate(on);
}
