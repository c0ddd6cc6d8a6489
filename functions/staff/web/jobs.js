// What takes longer than anybody waits for: the API answers with a job, which tells how far it is.

import * as api from "./api.js";
import { h } from "./dom.js";
import { plural } from "./words.js";

const LOOK_AGAIN = 1_500;

// The job once it is done, or null where nobody wants it any more. Meanwhile `into` shows how far it is.
export async function whenDone(path, id, { into, wanted }) {
  const bar = h("progress", { "aria-label": "Patients looked at" });
  const words = h("p", { class: "hint" }, "For a large practice this takes a little while.");
  into.replaceChildren(words, bar);
  try {
    while (wanted()) {
      await new Promise((resolve) => { window.setTimeout(resolve, LOOK_AGAIN); });
      const { state, ...job } = await look(`${path}/${api.id(id)}`);
      if (!wanted()) break;
      if (state === "failed") throw new api.ApiError(500);
      if (state === "done") return job;
      if (!job.accounts) continue;
      bar.max = job.accounts;
      bar.value = job.looked_at;
      words.textContent = `${job.looked_at.toLocaleString("en-US")} of ${plural(job.accounts, "patient", "patients")} looked at.`;
    }
    return null;
  } finally {
    if (into.contains(bar)) into.replaceChildren();
  }
}

// It goes on without us: a connection that is lost for a while is no end.
async function look(path) {
  try {
    return await api.get(path);
  } catch (error) {
    if (error.status !== 0) throw error;
    return {};
  }
}
