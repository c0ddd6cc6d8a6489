// The first screen: who the practice is stands above it; then the date of birth is asked for.

import { h, icon } from "../dom.js";
import { signInForm } from "../sign-in-form.js";

export function render(app, { noLink = false }) {
  const { t } = app;
  if (noLink) {
    return {
      title: t.signIn.title,
      content: [h("section", { class: "card" },
        h("h1", {}, t.signIn.noLink), h("p", {}, t.signIn.noLinkText), app.callButton({ primary: true }))],
    };
  }
  const form = signInForm(app, { prefix: "birth", button: t.signIn.button, onDone: app.enter });
  return {
    title: t.signIn.title,
    content: [
      h("section", { class: "card welcome" },
        h("h1", {}, t.signIn.title),
        h("p", { class: "lead" }, t.signIn.lead),
        form,
        h("p", { class: "private hint" }, icon("lock"), h("span", {}, t.signIn.private))),
      app.helpCard(),
    ],
  };
}
