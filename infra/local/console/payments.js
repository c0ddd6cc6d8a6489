// Card payments: how the stand-in gateway answers, its transactions, what reconciliation found.

import { byId, element } from "./dom.js";

const NAMES = {
  approve: "approves",
  decline: "declines every card",
  hold: "holds for a review",
  duplicate: "takes for a repetition",
  timeout_before_charge: "no charge, no answer",
  timeout_after_charge: "charges, no answer",
  garbled: "charges, half an answer",
  down: "cannot be reached",
};

const MODES = {
  approve: "What a bank would approve is approved.",
  decline: "Every card is declined.",
  hold: "Every charge waits for a review: release or refuse it in the list.",
  duplicate: "Every charge is taken for a repetition.",
  timeout_before_charge: "Nothing is charged, and no answer comes.",
  timeout_after_charge: "The card is charged, but no answer comes.",
  garbled: "The card is charged, but only half an answer comes.",
  down: "The gateway cannot be reached.",
};

// The gateway's own words for the state of a charge, and whether money moves.
const TAKEN = new Set(["capturedPendingSettlement", "settledSuccessfully"]);
const HELD = "FDSPendingReview";

const choice = byId("gateway-mode");
const describe = () => { byId("gateway-does").textContent = MODES[choice.value]; };

choice.replaceChildren(...Object.entries(NAMES).map(([mode, name]) =>
  element("option", { value: mode }, `${name[0].toUpperCase()}${name.slice(1)} (${mode})`)));
choice.addEventListener("change", describe);

const dollars = (cents) => (cents / 100).toLocaleString("en-US", { style: "currency", currency: "USD" });

let shownMode = "";
let shownCharges = "";

// `review(trans_id, decision)` does what the practice does on the gateway's own pages.
export function showGateway({ mode }, { charges }, review) {
  if (mode !== shownMode) {
    shownMode = mode;
    choice.value = mode;
    describe();
    byId("gateway-now").textContent = `${NAMES[mode]} (${mode})`;
    byId("gateway-now").classList.toggle("trouble", mode !== "approve");
  }
  if (JSON.stringify(charges) !== shownCharges) showCharges(charges, review);
}

function showCharges(charges, review) {
  shownCharges = JSON.stringify(charges);
  byId("charges-total").textContent = charges.length === 1 ? "1 transaction" : `${charges.length} transactions`;
  const rows = charges.map((charge) => element("li", {},
    element("span", { className: "row-top" },
      element("strong", {}, dollars(charge.amount_cents)),
      element("span", { className: TAKEN.has(charge.status) ? "taken" : "not-taken" }, charge.status)),
    element("span", { className: "ids" }, `${charge.trans_id} for ${charge.invoice_number || "no invoice"}`),
    charge.status === HELD ? decisions(charge, review) : null));
  if (rows.length === 0) rows.push(element("li", { className: "none" }, "No transactions yet."));
  byId("charges").replaceChildren(...rows.reverse());
  tellOfScrolling();
}

function decisions({ trans_id: id, amount_cents: cents }, review) {
  const button = (decision, name) => {
    const one = element("button", { type: "button", "aria-label": `${name} ${dollars(cents)}, ${id}` }, name);
    one.addEventListener("click", () => review(id, decision));
    return one;
  };
  return element("span", { className: "decisions" }, button("release", "Release"), button("refuse", "Refuse"));
}

// Many systems show a scroll bar only once one scrolls.
function tellOfScrolling() {
  const list = byId("charges");
  byId("charges-hint").hidden = list.scrollHeight <= list.clientHeight;
}

byId("card-payments").addEventListener("toggle", tellOfScrolling);
addEventListener("resize", tellOfScrolling);

export const saidOfMode = (mode) => `From now on: ${MODES[mode]}`;

export const saidOfReview = (decision) => (decision === "release" ? "Released: the card is charged." : "Refused: nothing is charged.")
  + " The practice hears of it from the gateway, or when it reconciles.";

// Codes of what failed, as reconciliation reports them.
const TROUBLE = {
  not_connected: "the gateway does not answer",
  timeout: "the gateway does not answer",
  credentials: "the gateway refuses the credentials",
  suspended: "the gateway refused the credentials",
  permission: "the merchant account does not allow looking things up",
  not_connected_any_more: "the practice is not connected to the gateway any more",
};

export function saidOfReconciliation(counts) {
  const unlooked = counts.open_attempts - counts.looked_up;
  const posted = Math.max(0, counts.looked_up - counts.not_charged - counts.still_open);
  const more = counts.payments - posted;
  const reasons = [...new Set(counts.trouble.map((code) => TROUBLE[code] ?? code.replaceAll("_", " ")))];
  if (!counts.complete) reasons.push("there was no time left");
  const why = reasons.length ? `: ${reasons.join(", ")}` : "";
  const said = [];
  if (counts.looked_up > 0) {
    said.push(`${counts.looked_up} looked up: ${posted} posted, ${counts.not_charged} not charged, ${counts.still_open} still open`);
  } else if (counts.open_attempts === 0) said.push("No payment was open");
  if (unlooked > 0) said.push(`${unlooked} could not be looked up${why}`);
  else if (why) said.push(`the gateway's books could not be read in full${why}`);
  if (more > 0) said.push(`${more} more posted from the gateway's books`);
  if (counts.returns > 0) said.push(`${counts.returns} taken back`);
  if (counts.orphans > 0) said.push(`${counts.orphans} for staff to look into`);
  return `${said.join("; ")}.`;
}
