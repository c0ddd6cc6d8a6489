// Small helpers for building screens. Text always goes in as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

// An element: properties, attributes (anything the element has no property for), `class`, `onclick`...
export function h(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && name !== "list") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const ICONS = {
  check: "M5 12.5l4.5 4.5L19 7.5",
  clock: "M12 6.5V12l3.5 2.5M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  info: "M12 11v5.5M12 7.5v.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  phone: "M6 3.5h3l1.5 4.5-2 1.5a12 12 0 0 0 6 6l1.5-2 4.5 1.5v3a2 2 0 0 1-2 2A16.5 16.5 0 0 1 4 5.5a2 2 0 0 1 2-2z",
  next: "M9 5.5l6.5 6.5L9 18.5",
  back: "M15 5.5L8.5 12l6.5 6.5",
  menu: "M4 6.5h16M4 12h16M4 17.5h16",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v9.5h-13z",
};

// A drawing that says nothing a text beside it does not say.
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

// A button that shows it is at work and cannot be pressed twice meanwhile.
export async function whileBusy(button, words, work) {
  if (button.getAttribute("aria-disabled") === "true") return;
  const said = [...button.childNodes];
  button.setAttribute("aria-disabled", "true");
  button.replaceChildren(words);
  try {
    await work();
  } finally {
    button.removeAttribute("aria-disabled");
    button.replaceChildren(...said);
  }
}

let announcing = 0;

// Words for those who hear the page, until others come or they are true no more.
export function announce(text) {
  hush();
  announcing = window.setTimeout(() => { document.getElementById("announcer").textContent = text; }, 60);
}

export function hush() {
  window.clearTimeout(announcing);
  document.getElementById("announcer").textContent = "";
}
