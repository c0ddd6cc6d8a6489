// The staff console: who is signed in, which screen is shown, and what surrounds it.

import * as api from "./api.js";
import * as auth from "./auth.js";
import { announce, h, icon, whileBusy } from "./dom.js";
import { formatsOf } from "./format.js";
import { SECTIONS, find } from "./sections.js";
import { LEVELS, explain } from "./words.js";

const LOADING_AFTER = 250;
const NAME = "Balance Alerts";

const main = document.getElementById("main");
const menu = document.getElementById("menu");

const app = {
  member: null,
  practice: null,
  f: formatsOf("en"),
  may: (least) => auth.reaches(app.member?.level, least),
  go: (address) => { window.location.hash = `#/${address}`; },
  show: () => show({ moveFocus: false }),
  reload,
  link: (address, ...content) => h("a", { href: `#/${address}` }, content),
  loadPractice,
};

const address = () => window.location.hash.replace(/^#\/?/, "");
const sections = () => SECTIONS.filter(({ least }) => app.may(least));

// ------------------------------------------------------------------ screens

let serial = 0;
let leave = null;

async function show({ moveFocus = true, quietly = false } = {}) {
  serial += 1;
  const mine = serial;
  leave?.();
  leave = null;
  const [first] = sections();
  if (first && !address()) {
    window.location.replace(`#/${first.path}`);
    return;
  }
  const found = find(address());
  drawMenu(found);
  const timer = quietly ? 0 : window.setTimeout(() => main.replaceChildren(loading()), LOADING_AFTER);
  let shown;
  try {
    shown = await rendered(found);
  } catch (error) {
    shown = problemScreen(error);
  } finally {
    window.clearTimeout(timer);
  }
  if (mine !== serial) {
    shown.leave?.();
    return;
  }
  leave = shown.leave ?? null;
  main.replaceChildren(...shown.content.flat().filter(Boolean));
  main.dataset.screen = found?.page.path ?? "";
  document.title = `${shown.title} \u00b7 ${NAME}`;
  shown.arrived?.();
  if (moveFocus) arrive();
}

// The same screen with what has changed; focus stays where it was, told by id.
async function reload(id, said) {
  await show({ moveFocus: false, quietly: true });
  document.getElementById(id)?.focus({ preventScroll: true });
  if (said) announce(said);
}

async function rendered(found) {
  if (!app.member.level) return note("No level", "Your account has no level yet, so there is nothing that it may see. Ask a practice administrator to give it one.");
  if (!found) return note("There is nothing here", "This address does not lead to a page of the console. Choose one from the menu.");
  const least = found.page.least ?? found.section.least;
  if (!app.may(least)) return refused(found.page.title ?? found.section.title, least);
  const module = await found.page.load();
  return module.render(app, found.params);
}

const card = (title, text, ...more) => ({
  title, content: [h("section", { class: "card" }, h("h1", {}, title), h("p", { class: "lead" }, text), more)],
});

const note = (title, text) => card(title, text);

function refused(title, least) {
  const who = app.f.list(auth.levelsFrom(least).map((level) => LEVELS[level].toLowerCase()));
  return card(title, `This page is for: ${who}. You are signed in as ${LEVELS[app.member.level].toLowerCase()}. Ask a colleague with that level, or a practice administrator to change yours.`);
}

function problemScreen(error) {
  if (error.status === 404) return card("Not found", "There is nothing like that at your practice. It may have been removed, or the address may be wrong.");
  if (error.status === 403) return card("Not for your level", explain(error));
  if (!(error instanceof api.ApiError)) console.error(error);
  const again = () => (error instanceof api.ApiError ? app.show() : window.location.reload());
  return card("This did not load", error instanceof api.ApiError ? explain(error) : "A part of the page did not arrive. Load it again.",
    h("div", { class: "actions" }, h("button", { type: "button", class: "primary", onclick: again }, "Try again")));
}

const loading = () => h("div", { class: "card loading", role: "status" }, h("span", { class: "spinner" }), "Loading\u2026");

function arrive() {
  window.scrollTo(0, 0);
  const heading = main.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
}

// ------------------------------------------------------------------ what surrounds a screen

function drawMenu(found) {
  const list = h("ul", { id: "menu-list" }, sections().map((section) => h("li", {},
    h("a", { href: `#/${section.path}`, "aria-current": current(section, found) }, section.title),
    section === found?.section && subMenu(section, found))));
  const opener = h("button", {
    type: "button", class: "opener", "aria-expanded": "false", "aria-controls": "menu-list",
    onclick: () => {
      const open = menu.classList.toggle("open");
      opener.setAttribute("aria-expanded", String(open));
    },
  }, icon("menu"), "Menu");
  menu.classList.remove("open");
  menu.replaceChildren(opener, list);
  menu.hidden = false;
}

const current = (section, { section: shown, page } = {}) =>
  (section !== shown ? null : subMenu(section, { page }) || page.path !== section.path ? "true" : "page");

function subMenu(section, found) {
  const pages = section.pages.filter(({ title, path }) => title && !path.includes(":"));
  if (pages.length < 2) return null;
  return h("ul", {}, pages.map(({ path, title, least }) => app.may(least ?? section.least) && h("li", {},
    h("a", { href: `#/${path}`, "aria-current": path === found.page.path ? "page" : null }, title))));
}

function drawBand() {
  document.getElementById("practice").textContent = app.practice?.display_name ?? "";
  const { name, level } = app.member;
  const out = h("button", { type: "button", onclick: () => whileBusy(out, "Signing out\u2026", auth.signOut) }, "Sign out");
  document.getElementById("who").replaceChildren(
    h("p", {}, h("span", { class: "name" }, name), " ", h("span", { class: "level" }, LEVELS[level] ?? "")), out);
}

async function loadPractice() {
  app.practice = await api.get("/practice");
  app.f = formatsOf("en", app.practice.time_zone);
  drawBand();
  return app.practice;
}

// ------------------------------------------------------------------ coming and going

// Nobody is signed in any more: say so, for what was typed here is lost by going on.
let begun = false;
let asked = false;

function sessionEnded() {
  auth.forget();
  if (!begun) return auth.signIn();
  if (!asked) {
    asked = true;
    const button = h("button", { type: "button", class: "primary", onclick: () => whileBusy(button, "One moment\u2026", auth.signIn) }, "Sign in");
    const dialog = h("dialog", { class: "card", "aria-labelledby": "ended" },
      h("h2", { id: "ended", tabIndex: -1 }, "Please sign in again"),
      h("p", {}, "You were signed out, because you signed in a while ago. You come back to this page; what you typed here and did not save has to be typed again."), button);
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector("h2").focus();
  }
  return new Promise(() => {}); // the page is left by signing in
}

function welcome(title, text) {
  const button = h("button", { type: "button", class: "primary", onclick: () => whileBusy(button, "One moment\u2026", auth.signIn) }, "Sign in");
  main.replaceChildren(...card(title, text, h("div", { class: "actions" }, button)).content);
  document.title = `${title} \u00b7 ${NAME}`;
  arrive();
}

async function start() {
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault(); // the address says which screen is shown
    main.focus();
  });
  try {
    await auth.arrive();
    if (!auth.idToken()) {
      if (!auth.hasSignedOut()) await auth.signIn();
      welcome("You are signed out", "Sign in to work with your practice\u2019s balance alerts.");
      return;
    }
  } catch (error) {
    welcome("Signing in did not work", "Nothing was changed. Try again, and ask a practice administrator if it keeps happening.");
    console.warn(error);
    return;
  }
  app.member = auth.member() ?? { name: "", level: null };
  api.onSessionEnd(sessionEnded);
  drawBand();
  if (app.member.level) {
    const practice = loadPractice();
    await practice.catch(() => {}); // the screen says what is wrong
  }
  window.addEventListener("hashchange", () => show());
  await show({ moveFocus: false });
  begun = true;
}

start();
