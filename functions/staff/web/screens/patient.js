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
import { ownPauseBanner, pauseBanner } from "../pauses.js";
import { stoppedBanners } from "../stopped-channels.js";

export async function render(app, { patient_id: id }) {
  const asked = api.get(`/patients/${api.id(id)}`);
  // What keeps alerts from everybody may have begun, or ended, since the console was opened.
  const [patient, timeline] = await Promise.all([asked, timelineCard(app, id, asked), app.loadPractice()]);
  return {
    title: fullName(patient),
    content: [
      h("a", { class: "back", href: "#/patients" }, icon("back"), "Patients"),
      pauseBanner(app), ownPauseBanner(app), ...stoppedBanners(app),
      patient.open_payment && paymentBanner(app, patient),
      h("div", { class: "columns" },
        h("div", { class: "column" }, summaryCard(app, patient), channelsCard(app, patient), holdsCard(app, patient), linksCard(app, patient), detailsCard(app, patient)),
        h("div", { class: "column" }, timeline)),
    ],
  };
}
