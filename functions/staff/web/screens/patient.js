// One patient: what is owed, why the next alert is or is not coming, and all that has happened.

import * as api from "../api.js";
import { h, icon } from "../dom.js";
import { fullName } from "../words.js";
import { channelsCard } from "../patient/channels.js";
import { detailsCard } from "../patient/details.js";
import { holdsCard } from "../patient/holds.js";
import { linksCard } from "../patient/links.js";
import { paymentBanner, summaryCard } from "../patient/summary.js";
import { timelineCard } from "../patient/timeline.js";

export async function render(app, { patient_id: id }) {
  const asked = api.get(`/patients/${api.id(id)}`);
  const [patient, timeline] = await Promise.all([asked, timelineCard(app, id, asked)]);
  if (patient.decision.reason === "practice_off") await app.loadPractice(); // it was on, maybe, when the page was opened
  return {
    title: fullName(patient),
    content: [
      h("a", { class: "back", href: "#/patients" }, icon("back"), "Patients"),
      patient.open_payment && paymentBanner(app, patient),
      h("div", { class: "columns" },
        h("div", { class: "column" }, summaryCard(app, patient), channelsCard(app, patient), holdsCard(app, patient), linksCard(app, patient), detailsCard(app, patient)),
        h("div", { class: "column" }, timeline)),
    ],
  };
}
