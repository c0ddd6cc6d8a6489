// A large file, put by the browser into the bucket that imports are read from.

import * as api from "./api.js";
import { h } from "./dom.js";
import { FieldProblem } from "./fields.js";
import { plural } from "./words.js";

const MEGABYTE = 1024 * 1024;
const TOLD_EVERY = 25; // percent, to those who hear the page

export class Upload {
  #bar = h("progress", { max: 1, value: 0, "aria-label": "Sent so far" });
  #said = h("p", { class: "hint" });
  #heard = h("p", { class: "unseen", role: "status" });
  #request = null;
  #place = null; // where the chosen file goes, kept for another try
  element = h("div", { hidden: true }, this.#bar, this.#said, this.#heard);

  // Send the file; returns the id of its import.
  async send(file, kind) {
    this.element.hidden = false;
    try {
      const { import_id: id, url } = await this.#placeFor(file, kind);
      await this.#put(url, file);
      return id;
    } finally {
      this.element.hidden = true;
    }
  }

  stop() {
    this.#request?.abort();
  }

  // The same place again: a file that arrived although no answer came is not imported twice.
  async #placeFor(file, kind) {
    const known = this.#place;
    if (known?.file === file && known.kind === kind && Date.parse(known.expires_at) > api.now()) return known;
    this.#tell(0, file.size);
    const { answer } = await api.post("/imports/uploads", undefined, { query: { kind } });
    this.#place = { ...answer, file, kind };
    return this.#place;
  }

  #put(url, file) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest(); // fetch does not tell how much has been sent
      this.#request = request;
      request.upload.addEventListener("progress", ({ loaded }) => this.#tell(loaded, file.size));
      request.addEventListener("load", () => (request.status < 300 ? resolve() : reject(this.#refused())));
      request.addEventListener("error", () => reject(new FieldProblem("file", "The file could not be sent. Check your connection, then press Import again.")));
      request.addEventListener("abort", () => reject(new FieldProblem("file", "The file was not sent.")));
      request.open("PUT", url);
      request.send(file);
    });
  }

  #refused() {
    this.#place = null; // its time may be over
    return new FieldProblem("file", "The file was not taken. Press Import again.");
  }

  #tell(sent, size) {
    const percent = Math.floor((100 * sent) / size);
    this.#bar.value = sent / size;
    this.#said.textContent = `${percent}% of ${plural(Math.ceil(size / MEGABYTE), "megabyte", "megabytes")} sent`;
    const heard = `${percent - (percent % TOLD_EVERY)}% sent`;
    if (heard !== this.#heard.textContent) this.#heard.textContent = heard;
  }
}
