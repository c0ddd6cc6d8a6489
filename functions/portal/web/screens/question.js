// A question for the office.

import * as api from "../api.js";
import { announce, h, icon, whileBusy } from "../dom.js";

const LONGEST = 1000;

export function render(app) {
  const { t } = app;
  const words = t.question;
  const problem = h("p", { class: "problem", id: "reason-problem", hidden: true });
  const radios = Object.keys(words.reasons).map((reason) =>
    h("input", { type: "radio", name: "reason", value: reason, id: `reason-${reason}`, required: true }));
  const message = h("textarea", { id: "message", rows: 4, maxLength: LONGEST, "aria-describedby": "message-hint message-left" });
  const left = h("p", { class: "hint", id: "message-left" });
  const callBack = h("input", { type: "checkbox", id: "call-back" });
  const submit = h("button", { type: "submit", class: "primary" }, words.button);

  const complain = (text) => {
    problem.hidden = !text;
    problem.textContent = text;
    if (text) announce(text);
  };
  message.addEventListener("input", () => {
    const rest = LONGEST - message.value.length;
    left.textContent = rest < 200 ? words.left(rest) : "";
  });
  const form = h("form", { noValidate: true },
    h("fieldset", { "aria-describedby": "reason-problem" },
      h("legend", {}, words.reason), problem,
      h("div", { class: "choices" }, radios.map((radio) => h("label", { class: "choice", for: radio.id },
        radio, h("span", { class: "choice-label" }, words.reasons[radio.value]))))),
    h("label", { for: "message" }, words.message),
    h("p", { class: "hint", id: "message-hint" }, words.messageHint),
    message, left,
    h("label", { class: "choice plain", for: "call-back" }, callBack, h("span", { class: "choice-label" }, words.callBack)),
    h("div", { class: "actions" }, submit));
  const section = h("section", { class: "card" }, h("h1", {}, words.title), h("p", { class: "lead" }, words.lead), form);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const reason = radios.find((radio) => radio.checked)?.value;
    complain(reason ? "" : words.reasonMissing);
    if (!reason) {
      radios[0].focus();
      return;
    }
    const text = message.value.trim();
    whileBusy(submit, t.common.wait, async () => {
      try {
        await api.ask({ reason, ...(text && { message: text }), ...(callBack.checked && { call_back: true }) });
      } catch (error) {
        if (error.status === 401) app.signOut();
        else complain(words.problem);
        return;
      }
      section.replaceWith(done(app, callBack.checked));
      document.querySelector("main h1").focus();
      window.scrollTo(0, 0);
    });
  });
  return { title: words.title, content: [app.backToBalance(), section] };
}

function done(app, calling) {
  const words = app.t.question;
  return h("section", { class: "card outcome good" },
    h("div", { class: "mark" }, icon("check")),
    h("h1", { tabIndex: -1 }, words.doneTitle),
    h("p", { class: "lead" }, words.doneText),
    calling && h("p", {}, words.doneCall),
    h("p", {}, words.doneUrgent),
    h("div", { class: "actions" },
      h("button", { type: "button", class: "primary", onclick: () => app.go("balance") }, app.t.common.backToBalance),
      app.callButton()));
}
