// The card form in its frame: asks the gateway for a token and hands it to the page outside.
"use strict";

const FIELD_OF = {
  E_WC_05: "cardNum",
  E_WC_06: "expiryDate",
  E_WC_07: "expiryDate",
  E_WC_08: "expiryDate",
  E_WC_15: "cvv",
  E_WC_16: "zip",
};
const TEXTS = {
  E_WC_04: "Please provide mandatory field values.",
  E_WC_05: "Please provide valid credit card number.",
  E_WC_06: "Please provide valid expiration month.",
  E_WC_16: "Please provide valid Zip code.",
  E_WC_19: "An error occurred during processing. Please try again.",
};

const field = (id) => document.getElementById(id);
const value = (id) => field(id).value.trim();
let settings = null;
let page = "";

function send(message) {
  // Before the page has spoken its origin is unknown; "ready" and "close" tell nothing.
  window.parent.postMessage(message, page || "*");
}

function fail(messages) {
  for (const input of document.querySelectorAll("input")) {
    const message = messages.find(({ code }) => FIELD_OF[code] === input.id);
    if (message) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    const error = field(`${input.id}Error`);
    if (error) error.textContent = message ? message.text : "";
  }
  const general = messages.filter(({ code }) => !FIELD_OF[code]);
  field("formError").textContent = general.map(({ text }) => text).join(" ");
  const first = messages.find(({ code }) => FIELD_OF[code]);
  if (first) field(FIELD_OF[first.code]).focus();
}

function expiration() {
  const match = /^(\d{1,2})\s*\/?\s*(\d{2}|\d{4})$/.exec(value("expiryDate"));
  if (!match) return null;
  const year = match[2].length === 2 ? `20${match[2]}` : match[2];
  return { month: match[1].padStart(2, "0"), year };
}

function problems() {
  const codes = [];
  if (!value("cardNum")) codes.push("E_WC_05");
  if (!expiration()) codes.push("E_WC_06");
  if (settings.billing.show && settings.billing.required) {
    if (!value("zip")) codes.push("E_WC_16");
    if (!value("firstName") || !value("lastName")) codes.push("E_WC_04");
  }
  return codes.map((code) => ({ code, text: TEXTS[code] }));
}

async function ask() {
  const expires = expiration();
  const answer = await fetch("/xml/v1/request.api", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      securePaymentContainerRequest: {
        merchantAuthentication: { name: settings.apiLoginID, clientKey: settings.clientKey },
        data: {
          type: "TOKEN",
          id: crypto.randomUUID(),
          token: {
            cardNumber: value("cardNum"),
            expirationDate: expires.month + expires.year,
            cardCode: value("cvv"),
            zip: value("zip"),
            fullName: `${value("firstName")} ${value("lastName")}`.trim(),
          },
        },
      },
    }),
  });
  return answer.json(); // fetch drops the byte order mark
}

function accepted(answer) {
  const number = value("cardNum").replace(/\D/g, "");
  const expires = expiration();
  return {
    opaqueData: answer.opaqueData,
    messages: { resultCode: "Ok", message: [{ code: "I_WC_01", text: "Successful." }] },
    encryptedCardData: {
      cardNumber: "X".repeat(number.length - 4) + number.slice(-4),
      expDate: `${expires.month}/${expires.year}`,
      bin: number.slice(0, 6),
    },
    customerInformation: { firstName: value("firstName"), lastName: value("lastName") },
  };
}

async function submit(event) {
  event.preventDefault();
  let messages = problems();
  let response = null;
  if (!messages.length) {
    field("payButton").disabled = true;
    try {
      const answer = await ask();
      if (answer.messages.resultCode === "Ok") response = accepted(answer);
      else messages = answer.messages.message;
    } catch (error) {
      messages = [{ code: "E_WC_19", text: TEXTS.E_WC_19 }];
    }
    field("payButton").disabled = false;
  }
  fail(messages);
  send({
    kind: "response",
    response: response || { messages: { resultCode: "Error", message: messages } },
  });
}

window.addEventListener("message", (event) => {
  if (event.source !== window.parent || !event.data || event.data.kind !== "open") return;
  page = event.origin;
  settings = event.data;
  field("header").textContent = settings.header;
  field("payButton").textContent = settings.button;
  field("billing").hidden = !settings.billing.show;
  field("cardNum").focus();
});

const close = () => send({ kind: "close" });
field("closeButton").addEventListener("click", close);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
});
field("form").addEventListener("submit", submit);
field("form").addEventListener("input", ({ target }) => {
  target.removeAttribute("aria-invalid");
  const error = field(`${target.id}Error`);
  if (error) error.textContent = "";
});
send({ kind: "ready" });
