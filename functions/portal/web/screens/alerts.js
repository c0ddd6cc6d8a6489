// The patient's own switches for text and email reminders.

import * as api from "../api.js";
import { announce, h } from "../dom.js";

export async function render(app) {
  const { t } = app;
  let state = await api.alerts();
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const switches = {};

  const draw = () => {
    for (const [channel, button] of Object.entries(switches)) {
      button.setAttribute("aria-checked", String(Boolean(state[channel])));
      button.querySelector(".position").textContent = state[channel] ? t.alerts.on : t.alerts.off;
    }
  };
  const turn = async (channel) => {
    const wanted = !state[channel];
    const others = Object.keys(switches).filter((one) => one !== channel).map((one) => [one, Boolean(state[one])]);
    problem.hidden = true;
    try {
      const saved = await api.setAlerts({ ...Object.fromEntries(others), [channel]: wanted });
      state = { ...state, [channel]: wanted, ...saved };
      announce(t.alerts.saved[channel][state[channel] ? "on" : "off"]);
    } catch (error) {
      if (error.status === 401) {
        app.signOut();
        return;
      }
      problem.textContent = explain(t.alerts, channel, error.code);
      problem.hidden = false;
    }
    draw();
  };

  const row = (channel, title, hints) => {
    const button = h("button", {
      type: "button", role: "switch", id: `switch-${channel}`, class: "switch",
      "aria-labelledby": `label-${channel}`, "aria-describedby": `hint-${channel}`,
    }, h("span", { class: "track", "aria-hidden": "true" }), h("span", { class: "position", "aria-hidden": "true" }));
    let busy = false;
    button.addEventListener("click", async () => {
      if (busy) return;
      busy = true;
      await turn(channel);
      busy = false;
    });
    switches[channel] = button;
    return h("div", { class: "switch-row" },
      h("h2", { id: `label-${channel}` }, title), button,
      h("div", { id: `hint-${channel}` }, hints.map((hint) => h("p", { class: "hint" }, hint))));
  };
  const content = [
    app.backToBalance(),
    h("section", { class: "card" },
      h("h1", {}, t.alerts.title),
      h("p", { class: "lead" }, t.alerts.lead),
      problem,
      row("text", t.alerts.text, [t.alerts.textConsent(app.practice.name), t.alerts.textHint]),
      row("email", t.alerts.email, [t.alerts.emailHint]),
      h("p", { class: "hint" }, t.alerts.stillOwed)),
  ];
  draw();
  return { title: t.alerts.title, content };
}

function explain(words, channel, code) {
  if (code === "contact_unreachable") return words.unreachable[channel];
  if (code === "opt_in_refused") return words.notYet;
  if (code === "no_contact") return channel === "text" ? words.noText : words.noEmail;
  return words.problem;
}
