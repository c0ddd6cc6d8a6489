// Card payments: how the stand-in gateway answers, what it charged, what reconciliation found.

import { byId, element } from "./dom.js";

const MODES = {
  approve: "What a bank would approve is approved.",
  decline: "Every card is declined.",
  hold: "Every charge waits for a review.",
  duplicate: "Every charge is taken for a repetition.",
  timeout_before_charge: "Nothing is charged, and no answer comes.",
  timeout_after_charge: "The card is charged, but no answer comes.",
  garbled: "The card is charged, but only half an answer comes.",
  down: "The gateway cannot be reached.",
};

// The gateway's own words for the state of a charge, and whether money moves.
const TAKEN = new Set(["capturedPendingSettlement", "settledSuccessfully"]);

const choice = byId("gateway-mode");
const describe = () => { byId("gateway-does").textContent = MODES[choice.value]; };

choice.replaceChildren(...Object.keys(MODES).map((mode) => element("option", { value: mode }, mode)));
choice.addEventListener("change", describe);

const dollars = (cents) => (cents / 100).toLocaleString("en-US", { style: "currency", currency: "USD" });

let shownMode = "";
let shownCharges = "";

export function showGateway({ mode }, { charges }) {
  if (mode !== shownMode) {
    shownMode = mode;
    choice.value = mode;
    describe();
    byId("gateway-now").textContent = mode;
    byId("gateway-now").classList.toggle("trouble", mode !== "approve");
  }
  if (JSON.stringify(charges) !== shownCharges) showCharges(charges);
}

function showCharges(charges) {
  shownCharges = JSON.stringify(charges);
  byId("charges-total").textContent = charges.length;
  const rows = charges.map((charge) => element("li", {},
    element("span", { className: "row-top" },
      element("strong", {}, dollars(charge.amount_cents)),
      element("span", { className: TAKEN.has(charge.status) ? "taken" : "not-taken" }, charge.status)),
    element("span", { className: "ids" }, `${charge.trans_id} for ${charge.invoice_number || "no invoice"}`)));
  if (rows.length === 0) rows.push(element("li", { className: "none" }, "No charges yet."));
  byId("charges").replaceChildren(...rows.reverse());
}

export const saidOfMode = (mode) => `From now on: ${MODES[mode]}`;

const FINDINGS = {
  payments: "posted",
  returns: "taken back",
  orphans: "for staff to look into",
  failures: "not looked up",
  suspended: "without good credentials",
};

export function saidOfReconciliation(counts) {
  const found = Object.entries(FINDINGS)
    .filter(([name]) => counts[name] > 0)
    .map(([name, words]) => `, ${counts[name]} ${words}`);
  return `Reconciled: ${counts.open_attempts ?? 0} open${found.join("")}.`;
}
