// Lists name patients by id; their names come after.

import * as api from "./api.js";

export class People {
  #app;
  #links = new Map();

  constructor(app) {
    this.#app = app;
  }

  link(patientId) {
    if (!patientId) return null;
    const link = this.#app.link(`patients/${api.id(patientId)}`, patientId);
    this.#links.set(patientId, [...(this.#links.get(patientId) ?? []), link]);
    return link;
  }

  async fill() {
    for (const [patientId, links] of this.#links) {
      const found = await api.get("/patients", { query: patientId }).catch(() => ({ patients: [] }));
      const who = found.patients.find((one) => one.patient_id === patientId);
      if (who) links.forEach((link) => { link.textContent = `${who.first_name} ${who.last_name}`; });
    }
  }
}
