// A patient's question, and the answer to it.

import * as api from "../api.js";
import { formDialog } from "../dialog.js";
import { h, icon } from "../dom.js";
import { check, field } from "../fields.js";
import { QUESTIONS, contactWords } from "../words.js";

export function questionRow(app, people, one) {
  const { f } = app;
  return h("li", {},
    h("div", {},
      h("p", {}, h("strong", {}, QUESTIONS[one.reason] ?? one.reason), " \u00b7 ", people.link(one.patient_id)),
      one.message && h("p", { class: "said" }, one.message),
      callBack(one),
      h("p", { class: "hint" }, `${f.date(one.asked_at)}, ${f.time(one.asked_at)}. Alerts wait until it is answered.`)),
    answerButton(app, one, "today"));
}

// Whom to call, and at which number: a phone dials it when it is pressed.
export function callBack({ call_back: wanted, mobile }) {
  if (!wanted) return null;
  if (!mobile) return h("p", {}, "Asks to be called back; no mobile number is on file.");
  return h("p", {}, "Asks to be called back: ", h("a", { class: "call", href: `tel:${mobile}` }, icon("phone"), contactWords(mobile)));
}

// `home` is the id of what has the focus once it is answered.
export function answerButton(app, one, home) {
  return h("button", { type: "button", class: "small", "aria-label": `Answer: ${QUESTIONS[one.reason] ?? one.reason}`, onclick: () => answer(app, one, home) }, "Answer");
}

function answer(app, one, home) {
  const message = h("textarea", { rows: 3, maxLength: 1000 });
  formDialog("Answer the question", [
    field("message", "What was answered", message, { hint: "For your records, such as what you said on the phone. It is not sent to the patient.", optional: true }),
    check("release_hold", "Let alerts go out again", true),
  ], { button: "Mark as answered", busy: "Saving\u2026" }, async (form) => {
    await api.post(`/questions/${api.id(one.question_id)}/answer`, {
      ...(message.value.trim() && { message: message.value.trim() }), release_hold: form.querySelector("#field-release_hold").checked,
    });
    return () => app.reload(home, "The question is answered.");
  });
}
