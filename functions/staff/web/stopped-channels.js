// What the page says while texts or emails cannot be sent from the whole installation.

import { h } from "./dom.js";
import { readable } from "./words.js";

export const MESSAGES = { text: "texts", email: "emails" };

const REASONS = {
  no_quota: "this system\u2019s monthly spending limit for texts is reached",
  daily_quota_exceeded: "this system\u2019s daily limit for emails is reached",
  sending_paused: "the email service has stopped all emails of this system",
  account_suspended: "the email service has suspended this system",
  not_verified: "the email service does not yet let this system write to everybody",
};

// On top of a screen, one for each channel; none while all is well.
export function stoppedBanners({ practice, f }) {
  return (practice?.stopped_channels ?? []).map(({ channel, reason, since }) => {
    const id = `stopped-${channel}`;
    const messages = MESSAGES[channel];
    const why = REASONS[reason] ?? `the service that delivers them does not take any (${readable(reason).toLowerCase()})`;
    return h("section", { class: "banner", "aria-labelledby": id },
      h("h2", { id }, `No ${messages} go out at present`),
      h("p", {}, `Since ${f.date(since)}, ${f.time(since)}, ${why}. Alerts by ${channel} wait and go out later; there is nothing to change in your settings.`),
      h("p", {}, `The operator of this system has to act. Ask them if ${messages} are still stopped tomorrow.`));
  });
}
