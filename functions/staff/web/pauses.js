// What the page says while alerts are paused: by the practice itself, or for every practice by the operator.

import { h } from "./dom.js";

export const pausedSentence = ({ since }, f) =>
  `All alerts of this installation are paused by its operator since ${f.date(since)}, ${f.time(since)}.`;

// Rule 1 has three causes, and another person ends each of them.
export function whyOff({ paused_by_operator: pause, balance_alerts: settings }) {
  if (pause) return "Paused by the operator";
  return settings.paused ? "Paused for the practice" : "Switched off for the practice";
}

// On top of a screen; nothing while no such pause is on.
export function pauseBanner({ practice, f }) {
  const pause = practice?.paused_by_operator;
  if (!pause) return null;
  return h("section", { class: "banner", "aria-labelledby": "operator-pause" },
    h("h2", { id: "operator-pause" }, "No alerts go out at present"),
    h("p", {}, `${pausedSentence(pause, f)} Your settings stay as they are; alerts that are due meanwhile go out once the operator lets go.`),
    pause.note && h("p", {}, `The operator\u2019s note: ${pause.note}`));
}

// The practice's own pause, for those who do not have its settings in front of them.
export function ownPauseBanner({ practice }) {
  if (!practice?.balance_alerts.paused) return null;
  return h("section", { class: "banner", "aria-labelledby": "own-pause" },
    h("h2", { id: "own-pause" }, "Your practice has paused its alerts"),
    h("p", {}, "None go out until a therapy director ends the pause under Settings, Patient Engagement. What is due meanwhile goes out once then."));
}
