// The hosted card form (AcceptUI): its script reads the button's settings once, when it runs, and a
// second run would answer twice. So it runs once a document, and other settings reload the document.

let loaded = null; // { key, button, state } of this document's form
let waiting = null; // the screen that hears the form's answer

// AcceptUI calls a global by its name.
window.cardFormAnswered = (response) => {
  const screen = waiting;
  if (!screen) return;
  if (response?.messages?.resultCode !== "Ok" || !response.opaqueData?.dataValue) {
    screen.onProblem(false);
    return;
  }
  waiting = null; // one answer is enough: a token pays once
  screen.onToken(response.opaqueData);
};

export function cardForm({ settings, words, onToken, onProblem }) {
  const attributes = {
    "data-apiLoginID": settings.api_login_id,
    "data-clientKey": settings.client_key,
    "data-acceptUIFormBtnTxt": words.pay,
    "data-acceptUIFormHeaderTxt": words.formTitle,
    "data-billingAddressOptions": '{"show":true,"required":false}',
    "data-paymentOptions": '{"showCreditCard":true,"showBankAccount":false}',
    "data-responseHandler": "cardFormAnswered",
  };
  const key = JSON.stringify([settings.script_url, attributes]);
  if (loaded && (loaded.key !== key || loaded.state === "failed")) {
    window.location.reload(); // it comes back to this screen
    return { button: "", load: () => {}, leave: () => {} };
  }
  const button = loaded?.button ?? makeButton(attributes);
  button.textContent = loaded?.state === "ready" ? words.button : words.loading;
  const here = { onToken, onProblem };
  const overlay = new Overlay(button, words.formFrame);
  return {
    button,
    load: () => {
      waiting = here;
      overlay.watch();
      if (loaded) return;
      loaded = { key, button, state: "loading" };
      runScript(settings.script_url, button, words, here);
    },
    leave: () => {
      if (waiting === here) waiting = null;
      overlay.stop();
    },
  };
}

function makeButton(attributes) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "AcceptUI primary";
  button.disabled = true;
  for (const [name, value] of Object.entries(attributes)) button.setAttribute(name, value);
  return button;
}

function runScript(url, button, words, here) {
  const script = document.createElement("script");
  script.src = url;
  script.charset = "utf-8";
  script.addEventListener("load", () => {
    loaded.state = "ready";
    button.disabled = false;
    button.textContent = words.button;
  });
  script.addEventListener("error", () => {
    loaded.state = "failed";
    button.textContent = words.button;
    if (waiting === here) here.onProblem(true);
  });
  document.head.append(script);
}

// The form lies over the page: while it is open the page below is out of reach, Escape closes it,
// and the focus goes in and comes back.
class Overlay {
  #open = false;
  #observer = new MutationObserver(() => this.#look());
  #escape = (event) => event.key === "Escape" && this.#open && hide();

  constructor(button, title) {
    this.button = button;
    this.title = title;
  }

  watch() {
    this.#observer.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
    document.addEventListener("keydown", this.#escape);
  }

  stop() {
    this.#observer.disconnect();
    document.removeEventListener("keydown", this.#escape);
    hide();
    this.#cover(false);
  }

  #look() {
    const container = document.getElementById("AcceptUIContainer");
    const frame = container?.querySelector("iframe");
    if (frame && frame.title !== this.title) frame.title = this.title;
    const open = Boolean(container?.classList.contains("show"));
    if (open === this.#open) return;
    this.#cover(open);
    if (open) frame?.focus();
    else if (this.button.isConnected) this.button.focus();
  }

  #cover(open) {
    this.#open = open;
    for (const part of document.querySelectorAll(".top, .page, .skip")) part.inert = open;
  }
}

function hide() {
  for (const id of ["AcceptUIContainer", "AcceptUIBackground"]) document.getElementById(id)?.classList.remove("show");
}
