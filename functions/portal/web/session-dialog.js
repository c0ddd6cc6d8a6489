// Warns before the session ends, and asks to sign in again when it has; the screen below stays.

import { ApiError } from "./api.js";
import { announce, h } from "./dom.js";
import * as session from "./session.js";
import { signInForm } from "./sign-in-form.js";

export class SessionDialog {
  #app;
  #element = null;
  #waiting = null; // requests that go on after signing in

  constructor(app) {
    this.#app = app;
  }

  // Minutes before the end. Saying no is fine: the session then ends by itself.
  warn(left) {
    if (this.#element) return;
    const words = this.#app.t.session;
    this.#open({
      title: words.warning, text: words.warningText(Math.max(1, Math.round(left / 60_000))),
      button: words.stay, ended: false,
    });
  }

  // The session has ended: resolves when signed in again, rejects when the patient leaves.
  ask() {
    if (this.#waiting) return this.#waiting.promise;
    this.close();
    const waiting = {};
    waiting.promise = new Promise((resolve, reject) => Object.assign(waiting, { resolve, reject }));
    this.#waiting = waiting;
    const words = this.#app.t.session;
    const payment = session.payment();
    const waits = payment && words.paymentWaits(this.#app.f.money(payment.body.amount_cents));
    this.#open({ title: words.ended, text: words.endedText, waits, button: words.signIn, ended: true });
    return waiting.promise;
  }

  close() {
    this.#element?.close();
    this.#element?.remove();
    this.#element = null;
    document.body.classList.remove("covered");
    this.#waiting?.reject(new ApiError(401));
    this.#waiting = null;
  }

  #open({ title, text, waits = null, button, ended }) {
    const { t } = this.#app;
    const form = signInForm(this.#app, { prefix: "again", button, onDone: () => this.#signedIn() });
    const leave = h("button", { type: "button", class: "quiet", onclick: () => this.#dismiss(ended) },
      ended ? t.common.signOut : t.session.notNow);
    const dialog = h("dialog", { class: "card", "aria-labelledby": "again-title", "aria-describedby": "again-text" },
      h("h2", { id: "again-title", tabIndex: -1 }, title), h("p", { id: "again-text" }, waits && h("strong", {}, waits), " ", text), form, leave);
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.#dismiss(ended);
    });
    document.body.append(dialog);
    document.body.classList.toggle("covered", ended);
    this.#element = dialog;
    dialog.showModal();
    dialog.querySelector("h2").focus();
  }

  #signedIn() {
    const waiting = this.#waiting;
    this.#waiting = null;
    this.close();
    waiting?.resolve();
    announce(this.#app.t.session.extended);
  }

  #dismiss(ended) {
    if (ended) this.#app.signOut();
    else this.close();
  }
}
