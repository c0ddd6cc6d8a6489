// Importing a file, and what became of each line that was refused.

import { byId, element } from "./dom.js";

export function showImport(outcome) {
  const counts = Object.entries(outcome.counts).filter(([, count]) => count > 0).map(([name, count]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, String(count))));
  const unit = outcome.kind === "835" ? "Segment" : "Line";
  const refused = outcome.refused.map(({ line, message }) =>
    element("li", {}, element("strong", {}, `${unit} ${line}`), ` ${message}`));
  byId("import-result").replaceChildren(
    outcome.error_message ? element("p", { className: "error" }, outcome.error_message) : "",
    element("dl", { className: "import-counts" }, ...counts),
    refused.length ? element("ul", { className: "refused", tabIndex: 0 }, ...refused) : "",
  );
}

export function summary({ error_message: error, counts }) {
  if (error) return "Nothing was imported.";
  const refused = counts.refused ? ` ${counts.refused} refused, see below.` : "";
  return `The file is in.${refused}`;
}

// A guess from the file's name, which the person can change.
export function kindOf(name) {
  const lower = name.toLowerCase();
  if (/\.(835|x12|edi)$/.test(lower)) return "835";
  return lower.includes("patient") ? "patients" : "entries";
}
