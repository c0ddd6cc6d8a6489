// Importing a file, and what became of each line that was refused.

import { byId, element } from "./dom.js";

export function showImport(result) {
  const counts = Object.entries(result.counts).map(([name, count]) =>
    element("div", {}, element("dt", {}, name.replaceAll("_", " ")), element("dd", {}, String(count))));
  const refused = result.refused.map(({ line, reason }) =>
    element("li", {}, element("strong", {}, `Line ${line}`), ` ${reason}`));
  byId("import-result").replaceChildren(
    element("p", {}, result.message),
    element("dl", { className: "import-counts" }, ...counts),
    refused.length ? element("ul", { className: "refused" }, ...refused) : "",
  );
}

// A guess from the file's name, which the person can change.
export function kindOf(name) {
  const lower = name.toLowerCase();
  if (/\.(835|x12|edi)$/.test(lower)) return "835";
  return lower.includes("patient") ? "patients" : "entries";
}
