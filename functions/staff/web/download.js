// Files for whoever reads the page.

import { h } from "./dom.js";

// A text that the API gives only with a token.
export function download(name, text, kind = "text/csv") {
  const address = URL.createObjectURL(new Blob([text], { type: kind }));
  press({ href: address, download: name });
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

// What lies at an address of its own, which says itself that it is to be saved, and as what.
export const save = (address) => press({ href: address, rel: "noreferrer" });

function press(link) {
  const node = h("a", link);
  document.body.append(node);
  node.click();
  node.remove();
}
