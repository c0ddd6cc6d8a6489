// Questions asked before something happens, and short forms, each in a dialog.

import { submit } from "./fields.js";
import { h } from "./dom.js";

let number = 0;

function opened(title, content) {
  number += 1;
  const back = document.activeElement;
  const dialog = h("dialog", { class: "card", "aria-labelledby": `dialog-${number}` },
    h("h2", { id: `dialog-${number}`, tabIndex: -1 }, title), [content].flat(2));
  dialog.addEventListener("close", () => {
    dialog.remove();
    back?.isConnected && back.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("h2").focus();
  return dialog;
}

// A form whose `work` is done before the dialog closes; what is wrong is said in it. What `work`
// returns is done after it closed.
export function formDialog(title, content, { button: words, danger = false, busy = "One moment\u2026", cancel = "Cancel" }, work) {
  const button = h("button", { class: danger ? "primary stop" : "primary" }, words);
  const form = h("form", { noValidate: true }, content,
    h("div", { class: "actions" }, button, h("button", { type: "button", onclick: () => dialog.close() }, cancel)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(form, button, async () => {
      const after = await work(form);
      dialog.close(); // nothing behind it takes the focus before
      await after?.();
    }, { busy });
  });
  const dialog = opened(title, form);
  return dialog;
}

export const ask = (title, text, options, work) => formDialog(title, h("p", {}, text), options, work);

export function tellDialog(title, ...content) {
  const dialog = opened(title, [content, h("div", { class: "actions" }, h("button", { type: "button", class: "primary", onclick: () => dialog.close() }, "Done"))]);
  return dialog;
}
