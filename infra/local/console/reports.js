// What became of a message, as its provider would report it, and what its reader replies.

import { element } from "./dom.js";

// What may be reported, and what follows from it.
const OF_TEXTS = {
  delivered: ["Delivered", "Staff see that it arrived."],
  soft_bounce: ["Phone out of reach", "Staff see it; the next alert goes there all the same."],
  invalid_number: ["Invalid number", "No more texts go there until staff confirm or change the number."],
  carrier_blocked: ["Blocked by the carrier", "Staff see it; the next alert goes there all the same."],
  opt_out: ["Opted out", "No more texts go there until its owner opts in again."],
  no_quota: ["Spending limit used up", "Staff see that it was not sent, and why."],
};

const OF_EMAILS = {
  delivered: ["Delivered", "Staff see that it arrived."],
  soft_bounce: ["Mailbox full", "Staff see it; the next alert goes there all the same."],
  bounce: ["No such mailbox", "No more alerts go there until staff confirm or change the address."],
  complaint: ["Reported as spam", "No more alerts go there until its owner opts in again."],
};

const REPLIES = {
  inbound_stop: ["STOP", "No more texts go there until its owner opts in again."],
  inbound_start: ["START", "The number is opted in."],
};

let number = 0;

// A form for the newest message to a number or an address. `report(asked, said, place)` reports,
// then says so in its place.
export function reportForm(to, report) {
  number += 1;
  const outcomes = to.includes("@") ? OF_EMAILS : OF_TEXTS;
  const id = `outcome-${number}`;
  const choice = element("select", { id },
    ...Object.entries(outcomes).map(([type, [name]]) => element("option", { value: type }, name)));
  const said = element("p", { className: "said", role: "status" });
  const form = element("form", { className: "report" },
    element("label", { htmlFor: id }, to.includes("@") ? "What became of it" : "What became of the last text"),
    element("div", { className: "choices" }, choice, element("button", { type: "submit" }, "Report")),
    to.includes("@") ? null : element("div", { className: "choices", role: "group", "aria-label": "Reply" },
      ...Object.entries(REPLIES).map(([type, [word, then]]) => {
        const button = element("button", { type: "button" }, `Reply ${word}`);
        button.addEventListener("click", () => report({ to, type }, `Replied ${word}. ${then}`, said));
        return button;
      })),
    said);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [name, then] = outcomes[choice.value];
    report({ to, type: choice.value }, `Reported: ${name[0].toLowerCase()}${name.slice(1)}. ${then}`, said);
  });
  return form;
}
