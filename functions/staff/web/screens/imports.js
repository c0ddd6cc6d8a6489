// Imports: hand in a file, and see what became of those before.

import * as api from "../api.js";
import { FieldProblem, choices, chosenOf, submit } from "../fields.js";
import { h } from "../dom.js";
import { table } from "../table.js";
import { KINDS, STATES, outcome } from "../imports.js";
import { Upload } from "../upload.js";

const LARGEST = 4 * 1024 * 1024; // of a request to the API; what is larger goes to the bucket
const COLUMNS = [{ title: "Received" }, { title: "File" }, { title: "State" }, { title: "Lines" }];
const PATIENCE = 60_000;
const REMITTANCE = "remittance"; // an object would put a key such as 835 first
const ASKED = { patients: KINDS.patients, entries: KINDS.entries, [REMITTANCE]: KINDS[835] };

export async function render(app) {
  const { imports } = await api.get("/imports");
  const { f } = app;
  const upload = new Upload();
  return {
    title: "Imports",
    leave: () => upload.stop(),
    content: [
      form(app, upload),
      h("section", { class: "card", "aria-labelledby": "before" },
        h("h2", { id: "before" }, "Files so far"),
        imports.length === 0 ? h("p", { class: "hint" }, "None yet.") : table("Imports, newest first", COLUMNS, imports.map((one) => [
          app.link(`imports/${api.id(one.import_id)}`, `${f.date(one.received_at)}, ${f.time(one.received_at)}`),
          KINDS[one.kind] ?? one.kind, STATES[one.state] ?? one.state, outcome(one),
        ]))),
    ],
  };
}

function form(app, upload) {
  const file = h("input", { type: "file", id: "file", "data-field": "file", accept: ".csv,.txt,.835,.edi,.x12,text/csv" });
  const button = h("button", { class: "primary" }, "Import");
  const element = h("form", { class: "card", noValidate: true },
    h("h1", {}, "Imports"),
    h("p", { class: "lead" }, "Good lines go in; each bad line is refused with its reason. The same file twice changes nothing."),
    choices("kind", "What is in the file?", ASKED, null),
    h("div", { class: "field" }, h("label", { htmlFor: "file" }, "File"), h("p", { class: "hint", id: "file-hint" }, "Of any size. A large one takes a while to send; stay on this page until it is there."), file),
    upload.element,
    h("div", { class: "actions" }, button));
  file.setAttribute("aria-describedby", "file-hint");
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(element, button, async () => {
      const [kind] = chosenOf(element, "kind");
      const [chosen] = file.files;
      if (!kind) throw new FieldProblem("kind", "Choose what is in the file.");
      if (!chosen) throw new FieldProblem("file", "Choose a file.");
      const id = chosen.size > LARGEST ? await upload.send(chosen, kind === REMITTANCE ? "835" : kind) : await handIn(chosen, kind);
      app.go(`imports/${api.id(id)}`);
    }, { busy: "Sending\u2026" });
  });
  return element;
}

async function handIn(file, kind) {
  const remittance = kind === REMITTANCE;
  const { answer } = await api.post("/imports", new Blob([file]), {
    query: remittance ? {} : { kind }, patience: PATIENCE,
    headers: { "Content-Type": remittance ? "application/edi-x12" : "text/csv; header=present" },
  });
  return answer.import_id;
}
