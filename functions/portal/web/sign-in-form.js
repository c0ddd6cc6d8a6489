// Asking for the date of birth: on the first screen, and again when a session ends.

import * as api from "./api.js";
import { BirthDate } from "./birth-date.js";
import { announce, h, whileBusy } from "./dom.js";

export function signInForm(app, { prefix, button, onDone }) {
  const { t } = app;
  const date = new BirthDate(app, prefix);
  const fresh = freshLink(app, prefix);
  const submit = h("button", { type: "submit", class: "primary" }, button);
  const form = h("form", { noValidate: true, autocomplete: "on" }, date.element, h("div", { class: "actions" }, submit));

  const attempt = async (typed) => {
    try {
      await api.signIn(typed);
    } catch (error) {
      fresh.hidden = error.status !== 401;
      date.say(explain(error, t));
      if (error.status === 401) date.clear();
      date.focus();
      announce(date.problem.textContent);
      return;
    }
    await onDone();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = date.read();
    if (typed) whileBusy(submit, t.common.wait, () => attempt(typed));
    else announce(date.problem.textContent);
  });
  return h("div", { class: "sign-in" }, form, fresh);
}

function explain(error, t) {
  if (error.status === 401) return `${t.signIn.notRecognised} ${t.signIn.notRecognisedHelp}`;
  if (error.code === "locked") return t.signIn.locked(Math.max(1, Math.ceil(error.retryAfter / 60)));
  if (error.status === 429) return t.problem.tooMany;
  return t.signIn.unreachable;
}

// Offered after a failed try, whatever the reason: it must not tell whether the link exists.
function freshLink(app, prefix) {
  const { t } = app;
  const section = h("section", { class: "fresh-link", hidden: true, "aria-labelledby": `${prefix}-fresh` },
    h("h2", { id: `${prefix}-fresh` }, t.freshLink.title), h("p", {}, t.freshLink.text));
  const button = h("button", { type: "button" }, t.freshLink.button);
  const said = h("p", { class: "notice", role: "status", tabIndex: -1, hidden: true });
  const say = (text) => {
    said.hidden = false;
    said.textContent = text;
  };
  button.addEventListener("click", () => whileBusy(button, t.common.wait, async () => {
    try {
      await api.requestLink();
    } catch (error) {
      say(error.status === 429 ? t.problem.tooMany : t.signIn.unreachable);
      return;
    }
    say(t.freshLink.done);
    button.hidden = true;
    said.focus();
  }));
  section.append(button, said);
  return section;
}
