// A text that the API gives only with a token, as a file.

import { h } from "./dom.js";

export function download(name, text, kind = "text/csv") {
  const address = URL.createObjectURL(new Blob([text], { type: kind }));
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
