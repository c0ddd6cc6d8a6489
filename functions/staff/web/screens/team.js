// Team: who may sign in, and with which rights.

import * as api from "../api.js";
import { levelsFrom } from "../auth.js";
import { ask, formDialog } from "../dialog.js";
import { announce, h, whileBusy } from "../dom.js";
import { check, field, select, textInput } from "../fields.js";
import { table } from "../table.js";
import { LEVELS } from "../words.js";

const COLUMNS = [{ title: "Name" }, { title: "Email" }, { title: "Level" }, { title: "Change" }];
const OWNER = "business_owner";

export async function render(app) {
  let { staff, next_cursor: cursor } = await api.get("/staff");
  const list = h("div", {});
  const draw = () => {
    list.replaceChildren(table("Staff accounts", COLUMNS, staff.map((one) => row(app, one))));
    more.hidden = !cursor;
  };
  const more = h("button", { type: "button", onclick: () => whileBusy(more, "Loading\u2026", async () => {
    const page = await api.get("/staff", { cursor });
    staff = [...staff, ...page.staff];
    cursor = page.next_cursor;
    draw();
    announce(`${page.staff.length} more`);
  }) }, "Show more");
  draw();
  return {
    title: "Team",
    content: [h("section", { class: "card" },
      h("h1", { id: "team", tabIndex: -1 }, "Team"),
      h("p", { class: "lead" }, "Each level has the rights of the ones before: front desk, clinical staff, therapy director, practice administrator, business owner."),
      h("div", { class: "actions" }, h("button", { type: "button", class: "primary", onclick: () => invite(app) }, "Invite a colleague")),
      list, more)],
  };
}

// Business owners are managed by business owners, and nobody changes their own account.
const manages = (app, level) => level !== OWNER || app.may(OWNER);
const offered = (app) => Object.fromEntries(levelsFrom("front_desk").filter((level) => manages(app, level)).map((level) => [level, LEVELS[level]]));

function row(app, one) {
  const own = one.staff_id === app.member.id;
  const may = !own && manages(app, one.level);
  return [
    one.name,
    one.email,
    [LEVELS[one.level], one.disabled && h("span", { class: "chip bad" }, "May not sign in")],
    own ? "You" : may ? h("span", { class: "row-actions" },
      h("button", { type: "button", class: "small", "aria-label": `Change ${one.name}`, onclick: () => change(app, one) }, "Change"),
      h("button", { type: "button", class: "small danger", "aria-label": `Remove ${one.name}`, onclick: () => remove(app, one) }, "Remove"))
      : "By a business owner",
  ];
}

function fields(app, one) {
  const inputs = {
    name: textInput(one?.name, { maxLength: 80 }),
    email: textInput(one?.email, { type: "email", maxLength: 254 }),
    level: select(offered(app), one?.level ?? "front_desk"),
  };
  return { inputs, drawn: [field("name", "Name", inputs.name), field("email", "Email", inputs.email), field("level", "Level", inputs.level)] };
}

const read = (inputs) => ({ name: inputs.name.value.trim(), email: inputs.email.value.trim(), level: inputs.level.value });

function invite(app) {
  const { inputs, drawn } = fields(app, null);
  formDialog("Invite a colleague", [drawn, h("p", { class: "hint" }, "They get an email with a first password, which works for 7 days.")].flat(), { button: "Invite", busy: "Inviting\u2026" }, async () => {
    await api.post("/staff", read(inputs));
    return () => app.reload("team", `${inputs.name.value} is invited.`);
  });
}

function change(app, one) {
  const { inputs, drawn } = fields(app, one);
  formDialog(`Change ${one.name}`, [...drawn, check("disabled", "May not sign in", one.disabled)], { button: "Save", busy: "Saving\u2026" }, async (form) => {
    await api.put(`/staff/${api.id(one.staff_id)}`, { ...read(inputs), disabled: form.querySelector("#field-disabled").checked });
    return () => app.reload("team", "Saved.");
  });
}

function remove(app, one) {
  ask(`Remove ${one.name}?`, "Their account is gone for good, and they cannot sign in any more. What they did stays in the audit trail.", { button: "Remove", danger: true, busy: "Removing\u2026" }, async () => {
    await api.remove(`/staff/${api.id(one.staff_id)}`);
    return () => app.reload("team", `${one.name} was removed.`);
  });
}
