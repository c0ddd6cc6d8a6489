// Settings: the merchant account that patients' card payments go to.

import * as api from "../api.js";
import { ask } from "../dialog.js";
import { h } from "../dom.js";
import { FieldProblem, field, submit, textInput } from "../fields.js";

const PATIENCE = 60_000; // the card service is asked several things

export async function render(app) {
  const { authorize_net: account } = await app.loadPractice();
  return { title: "Card payments", content: [stateCard(app, account), form(app, account)] };
}

function stateCard(app, account) {
  const { f } = app;
  return h("section", { class: "card" },
    h("h1", { id: "cards", tabIndex: -1 }, "Card payments"),
    !account && h("p", { class: "lead" }, "Not connected. Alerts go out all the same; the patient\u2019s page asks to call you."),
    account && h("p", { class: "lead" }, "Connected to Authorize.net with the login ", h("strong", {}, account.api_login_id), "."),
    account?.suspended_at && h("p", { class: "problem" }, `Since ${f.date(account.suspended_at)}, ${f.time(account.suspended_at)}, Authorize.net refuses this login, and patients cannot pay online. Enter new keys below.`),
    account && !account.has_signature_key && h("p", { class: "note" }, "Without a signature key Authorize.net cannot tell us of news; payments are looked up only from time to time."),
    account && h("div", { class: "actions" }, h("button", { type: "button", class: "danger", onclick: () => disconnect(app) }, "Disconnect")));
}

function form(app, account) {
  const login = textInput(account?.api_login_id, { maxLength: 25 });
  const secret = (name, most) => h("input", { type: "password", autocomplete: "off", maxLength: most, id: `field-${name}` });
  const key = secret("transaction_key", 16);
  const signature = secret("signature_key", 256);
  const button = h("button", { class: "primary" }, account ? "Change" : "Connect");
  const element = h("form", { class: "card", noValidate: true },
    h("h2", {}, account ? "Change the login or its keys" : "Connect Authorize.net"),
    h("p", { class: "hint" }, "From the Merchant Interface, under Account, API Credentials & Keys. They are checked with Authorize.net at once, kept safe, and never shown again. Switch on the Transaction Details API there, too."),
    field("api_login_id", "API login id", login),
    field("transaction_key", "Transaction key", key),
    field("signature_key", "Signature key", signature, { hint: "For news without delay.", optional: true }),
    h("div", { class: "actions" }, button));
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(element, button, async () => {
      if (!login.value.trim()) throw new FieldProblem("api_login_id", "Enter the API login id.");
      if (!key.value.trim()) throw new FieldProblem("transaction_key", "Enter the transaction key.");
      const keys = { api_login_id: login.value.trim(), transaction_key: key.value.trim() };
      await api.put("/practice/authorize-net", { ...keys, ...(signature.value.trim() && { signature_key: signature.value.trim() }) }, { patience: PATIENCE });
      await app.reload("cards", "Connected.");
    }, { busy: "Checking with Authorize.net\u2026" });
  });
  return element;
}

function disconnect(app) {
  ask("Disconnect Authorize.net?", "Patients cannot pay by card any more; their page asks them to call you. What was paid stays.", { button: "Disconnect", danger: true, busy: "Disconnecting\u2026" }, async () => {
    await api.remove("/practice/authorize-net");
    return () => app.reload("cards", "Disconnected.");
  });
}
