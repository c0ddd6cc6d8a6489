// Emails as a mail client shows them: a list, and one of them open in a frame without any rights.

import { byId, dateOf, element, longDayOf, timeOf } from "./dom.js";
import { reportForm } from "./reports.js";

let messages = [];
let open = null;
let report = null;
let reportable = false;

// `tell(asked, said, place)` reports what became of a message.
export function showMail(all, tell) {
  report = tell;
  messages = all.filter((message) => message.channel === "email");
  byId("mail-total").textContent = messages.length;
  if (open !== null && open >= messages.length) open = null;
  renderList();
  if (open === null || reportable !== isNewest(open)) renderReader();
}

// Reports are of the newest email to an address.
const isNewest = (index) => messages.findLastIndex(({ to }) => to === messages[index].to) === index;

function renderList() {
  const rows = messages.map((message, index) => {
    const row = element(
      "button", { type: "button", className: "row" },
      element("span", { className: "row-top" },
        element("strong", {}, message.to),
        element("span", { className: "when" }, dateOf(message.sent_at))),
      element("span", { className: "snippet" }, message.subject),
    );
    if (index === open) row.setAttribute("aria-current", "true");
    row.addEventListener("click", () => openMail(index));
    return element("li", {}, row);
  });
  if (rows.length === 0) rows.push(element("li", { className: "empty" }, "No emails yet."));
  byId("mails").replaceChildren(...rows.reverse());
}

function openMail(index) {
  open = index;
  renderList();
  renderReader();
  byId("mail").classList.add("reading");
  byId("reader").querySelector("h2").focus();
}

function renderReader() {
  const message = messages[open];
  if (!message) {
    byId("mail").classList.remove("reading");
    byId("reader").replaceChildren(element("p", { className: "empty" }, "Choose an email to read it."));
    return;
  }
  const back = element("button", { type: "button", className: "back" }, "Inbox");
  back.addEventListener("click", () => {
    byId("mail").classList.remove("reading");
    byId("mails").querySelector("[aria-current]")?.focus();
  });
  const frame = element("iframe", {
    title: `Email: ${message.subject}`,
    // Links open in a tab of their own; scripts and everything else stay off.
    sandbox: "allow-popups allow-popups-to-escape-sandbox",
    srcdoc: message.html?.replace(/<head[^>]*>/i, (head) => `${head}<base target="_blank">`) ?? "",
  });
  const plain = element("pre", { hidden: true, tabIndex: 0 }, message.text);
  const toggle = element("button", { type: "button", className: "quiet" }, "Show as plain text");
  toggle.addEventListener("click", () => {
    plain.hidden = !plain.hidden;
    frame.hidden = !plain.hidden;
    toggle.textContent = plain.hidden ? "Show as plain text" : "Show as designed";
  });
  reportable = isNewest(open);
  const headers = Object.entries(message.headers).map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  byId("reader").replaceChildren(
    element("header", {},
      back,
      element("h2", { tabIndex: -1 }, message.subject),
      element("p", { className: "meta" }, `to ${message.to}`),
      element("p", { className: "meta" }, `${longDayOf(message.sent_at)}, ${timeOf(message.sent_at)}`),
      element("div", { className: "reader-tools" },
        toggle,
        element("details", {}, element("summary", {}, "Headers"), element("dl", {}, ...headers)),
        element("details", {}, element("summary", {}, "Report"), reportable
          ? reportForm(message.to, report)
          : element("p", { className: "meta" }, "Reports are of the newest email to an address; this is an older one.")))),
    frame,
    plain,
  );
}
