// Who of the sample practice can sign in to the staff console, and how.

import { byId, element } from "./dom.js";

export function showStaff({ password, staff }) {
  byId("staff").hidden = staff.length === 0;
  byId("staff-password").textContent = password;
  byId("staff-list").replaceChildren(...staff.map(({ name, email, level }) =>
    element("li", {}, element("strong", {}, email), ` ${name}, ${level.replaceAll("_", " ")}`)));
}
