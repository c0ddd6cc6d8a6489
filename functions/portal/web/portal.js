// The patient portal: which screen is shown, in which language, and what is kept when a session ends.

import * as api from "./api.js";
import { announce, h, hush, icon } from "./dom.js";
import { formatsOf } from "./format.js";
import * as session from "./session.js";
import { SessionDialog } from "./session-dialog.js";
import * as signIn from "./screens/sign-in.js";

const LANGUAGES = { en: "English", es: "Español" };
const MENU = ["balance", "activity", "payments", "alerts", "question"];
const ON_ITS_OWN = ["signIn", "pay", "confirm", "sending"]; // nothing beside it that leads away
const LINK_LENGTH = 28;
const LOADING_AFTER = 250;
const SLOW_AFTER = 8_000;

// Screens behind the sign-in are loaded while the patient types.
const SCREENS = {
  balance: () => import("./screens/balance.js"),
  activity: () => import("./screens/activity.js"),
  payments: () => import("./screens/payments.js"),
  pay: () => import("./screens/pay.js"),
  confirm: () => import("./screens/confirm.js"),
  sending: () => import("./screens/sending.js"),
  outcome: () => import("./screens/outcome.js"),
  refused: () => import("./screens/refused.js"),
  alerts: () => import("./screens/alerts.js"),
  question: () => import("./screens/question.js"),
};

const { name, phone, phoneLink, hours, timeZone } = document.body.dataset;
const main = document.getElementById("main");

const app = {
  practice: { name, phone, phoneLink, hours },
  language: "en",
  t: null,
  f: null,
  go,
  show: () => show(history.state?.screen, history.state?.params),
  enter,
  keepParams,
  signOut,
  backToBalance: () => backLink("balance", app.t.common.backToBalance),
  backLink,
  callButton,
  helpCard,
};

// ------------------------------------------------------------------ screens

// Beside the card form the address must not hold the token: the form's script passes it on.
const addressOf = (screen) => (screen === "confirm" ? session.shortAddress : session.fullAddress);

function keepPlace(screen, params, { replace }) {
  const how = replace ? "replaceState" : "pushState";
  history[how]({ screen, params }, "", addressOf(screen));
}

function go(screen, { params = null, replace = false } = {}) {
  keepPlace(screen, params, { replace });
  return show(screen, params);
}

// What a screen has learned and needs again after a reload, unless another one is shown meanwhile.
function keepParams(screen, params) {
  if (history.state?.screen === screen) keepPlace(screen, params, { replace: true });
}

let serial = 0;
let leave = null;

async function show(screen = "balance", params = null, { moveFocus = true } = {}) {
  serial += 1;
  const mine = serial;
  leave?.();
  leave = null;
  if (!session.wasSignedIn()) screen = "signIn";
  drawFrame(screen);
  const timers = [
    window.setTimeout(() => main.replaceChildren(loading(app.t.common.loading)), LOADING_AFTER),
    window.setTimeout(() => main.replaceChildren(loading(app.t.common.slow)), SLOW_AFTER),
  ];
  let shown;
  try {
    const module = screen === "signIn" ? signIn : await SCREENS[screen]();
    shown = await module.render(app, params ?? {});
  } catch (error) {
    if (mine !== serial) return;
    if (error.status === 401) {
      signOut();
      return;
    }
    shown = problemScreen(error);
  } finally {
    timers.forEach(window.clearTimeout);
  }
  if (mine !== serial) {
    shown?.leave?.();
    return;
  }
  if (!shown) return; // it went on to another screen
  leave = shown.leave ?? null;
  hush(); // what was said of the screen before
  main.replaceChildren(...shown.content.flat().filter(Boolean));
  main.dataset.screen = screen;
  document.title = `${shown.title} · ${name}`;
  shown.arrived?.();
  if (moveFocus) arrive();
}

function arrive() {
  window.scrollTo(0, 0);
  const heading = main.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
}

const loading = (text) => h("div", { class: "card loading", role: "status" }, h("span", { class: "spinner" }), text);

function problemScreen(error) {
  const { t } = app;
  // A module that did not arrive is not fetched again by the same document.
  const again = () => (error instanceof api.ApiError ? app.show() : window.location.reload());
  return {
    title: t.problem.title,
    content: [h("section", { class: "card" },
      h("h1", {}, t.problem.title),
      h("p", {}, error.status === 429 ? t.problem.tooMany : t.problem.text),
      h("div", { class: "actions" },
        h("button", { type: "button", class: "primary", onclick: again }, t.common.tryAgain),
        callButton()))],
  };
}

// ------------------------------------------------------------------ what surrounds a screen

function drawFrame(screen) {
  const { t } = app;
  const inside = screen !== "signIn";
  document.documentElement.lang = app.language;
  document.body.classList.toggle("inside", inside);
  document.getElementById("skip").textContent = t.common.skip;
  document.getElementById("tools").replaceChildren(
    h("div", { class: "languages", role: "group", "aria-label": t.common.languageLabel },
      Object.entries(LANGUAGES).map(([code, label]) => h("button", {
        type: "button", lang: code, "aria-pressed": String(code === app.language),
        onclick: () => changeLanguage(code),
      }, label))),
    inside ? h("button", { type: "button", class: "sign-out", onclick: signOut }, t.common.signOut) : "");
  document.getElementById("side").replaceChildren(...(ON_ITS_OWN.includes(screen) ? [] : [menu(screen), helpCard()]));
}

function menu(screen) {
  const { t } = app;
  return h("nav", { class: "card menu", "aria-label": t.common.menu },
    h("ul", {}, MENU.map((to) => h("li", {}, h("a", {
      href: session.fullAddress, "aria-current": to === screen ? "page" : null,
      onclick: (event) => { event.preventDefault(); go(to); },
    }, t.menu[to], icon("next"))))));
}

function helpCard() {
  const { t } = app;
  return h("section", { class: "card help", "aria-labelledby": "help-title" },
    h("h2", { id: "help-title" }, t.practice.help),
    h("p", {}, t.practice.helpText),
    callButton(),
    hours ? h("p", { class: "hint" }, hours) : "");
}

function callButton({ primary = false } = {}) {
  return h("a", { class: primary ? "button primary" : "button", href: phoneLink || null },
    icon("phone"), h("span", {}, `${app.t.common.callUs}: `, h("span", { class: "number" }, phone)));
}

function backLink(to, words) {
  return h("a", {
    class: "back", href: session.fullAddress,
    onclick: (event) => { event.preventDefault(); go(to); },
  }, icon("back"), words);
}

// ------------------------------------------------------------------ language

async function speak(language) {
  app.t = (await import(`./strings-${language}.js`)).default;
  app.f = formatsOf(language, timeZone); // the practice's day and time, wherever the reader is
  app.language = language;
}

function preferred() {
  const wanted = [session.language(), ...navigator.languages, document.documentElement.lang];
  return wanted.map((tag) => tag?.slice(0, 2).toLowerCase()).find((tag) => tag in LANGUAGES) ?? "en";
}

// What was typed stays: fields have the same id in both languages.
async function changeLanguage(language) {
  if (language === app.language) return;
  session.keepLanguage(language);
  const typed = [...main.querySelectorAll("input[id], textarea[id]")].map(({ id, value, checked }) => ({ id, value, checked }));
  await speak(language);
  await show(history.state?.screen, history.state?.params, { moveFocus: false });
  for (const { id, value, checked } of typed) {
    const field = document.getElementById(id);
    if (!field) continue;
    const isChoice = ["radio", "checkbox"].includes(field.type);
    if (isChoice ? field.checked === checked : field.value === value) continue;
    if (isChoice) field.checked = checked;
    else field.value = value;
    field.dispatchEvent(new Event(isChoice ? "change" : "input", { bubbles: true }));
  }
  document.querySelector(".languages [aria-pressed=true]").focus();
  announce(app.t.language);
}

// ------------------------------------------------------------------ coming and going

// After signing in: a payment on its way first, else where the patient was.
function enter() {
  const { screen, params } = history.state ?? {};
  if (session.payment()) return go("sending", { replace: true });
  return go(screen && screen !== "signIn" ? screen : "balance", { params, replace: true });
}

function signOut() {
  dialog.close();
  session.end();
  history.replaceState({ screen: "signIn" }, "", session.fullAddress);
  show("signIn").then(() => announce(app.t.common.signedOut));
}

const dialog = new SessionDialog(app);

async function start() {
  await speak(preferred());
  window.addEventListener("popstate", ({ state }) => show(state?.screen, state?.params));
  if (session.token.length < LINK_LENGTH) {
    session.end();
    await show("signIn", { noLink: true }, { moveFocus: false });
    return;
  }
  api.onSessionEnd(() => dialog.ask());
  session.listen((left) => dialog.warn(left), () => dialog.ask().catch(signOut));
  if (session.current()) await enter();
  else {
    session.forget();
    await show("signIn", null, { moveFocus: false });
  }
  for (const load of Object.values(SCREENS)) load().catch(() => {}); // asked for again when it is needed
}

start();
