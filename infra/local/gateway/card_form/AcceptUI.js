// Stands in for the gateway's AcceptUI script: same page markup, same answers to the page.
// Like the original it binds the buttons that exist when it loads, opens the form in a frame of
// its own origin, and calls a global function of the page.
(function () {
  "use strict";

  var home = new URL(document.currentScript.src).origin;
  var loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
  var open = null;

  function attribute(button, name, fallback) {
    var value = button.getAttribute("data-" + name);
    return value === null || value === "" ? fallback : value;
  }

  function options(button, name, fallback) {
    try {
      return Object.assign({}, fallback, JSON.parse(attribute(button, name, "{}")));
    } catch (error) {
      return fallback;
    }
  }

  function tell(button, response) {
    var handler = window[attribute(button, "responseHandler", "")];
    if (typeof handler === "function") handler(response);
    else console.error("AcceptUI: data-responseHandler names no global function");
  }

  function failure(code, text) {
    return { messages: { resultCode: "Error", message: [{ code: code, text: text }] } };
  }

  function style(element, rules) {
    // Through the object model: a strict Content-Security-Policy forbids style attributes.
    Object.keys(rules).forEach(function (name) {
      element.style.setProperty(name, rules[name]);
    });
    return element;
  }

  function close() {
    if (!open) return;
    var button = open.button;
    open.background.remove();
    open.container.remove();
    open = null;
    button.focus();
  }

  // The original shows its parts by this class too: pages under a strict policy style them by it.
  function show(parts) {
    parts.background.className = parts.container.className = "show";
  }

  function start(button) {
    if (open) {
      show(open);
      return;
    }
    if (location.protocol !== "https:" && !loopback.test(location.hostname)) {
      tell(button, failure("E_WC_02", "A HTTPS connection is required."));
      return;
    }
    if (!attribute(button, "apiLoginID", "")) {
      tell(button, failure("E_WC_10", "Please provide valid apiloginid."));
      return;
    }
    if (!attribute(button, "clientKey", "")) {
      tell(button, failure("E_WC_18", "Client Key is required."));
      return;
    }
    var background = style(document.createElement("div"), {
      position: "fixed", inset: "0", background: "rgba(0, 0, 0, 0.6)", "z-index": "9999998",
    });
    background.id = "AcceptUIBackground";
    var container = style(document.createElement("div"), {
      position: "fixed", inset: "0", margin: "auto", width: "100%", height: "100%",
      "max-width": "430px", "max-height": "640px", "z-index": "9999999",
    });
    container.id = "AcceptUIContainer";
    container.setAttribute("role", "dialog");
    container.setAttribute("aria-modal", "true");
    container.setAttribute("aria-label", attribute(button, "acceptUIFormHeaderTxt", "Payment"));
    var frame = style(document.createElement("iframe"), {
      width: "100%", height: "100%", border: "0",
    });
    frame.title = attribute(button, "acceptUIFormHeaderTxt", "Payment");
    frame.src = home + "/v3/acceptMain/acceptMain.html";
    container.appendChild(frame);
    open = { button: button, background: background, container: container, frame: frame };
    show(open);
    document.body.append(background, container);
  }

  window.addEventListener("message", function (event) {
    if (!open || event.origin !== home || event.source !== open.frame.contentWindow) return;
    var button = open.button;
    var kind = event.data && event.data.kind;
    if (kind === "ready") {
      open.frame.contentWindow.postMessage({
        kind: "open",
        apiLoginID: attribute(button, "apiLoginID", ""),
        clientKey: attribute(button, "clientKey", ""),
        button: attribute(button, "acceptUIFormBtnTxt", "Pay"),
        header: attribute(button, "acceptUIFormHeaderTxt", "Payment"),
        billing: options(button, "billingAddressOptions", { show: true, required: true }),
      }, home);
      open.frame.focus();
    } else if (kind === "close") {
      close();
    } else if (kind === "response") {
      if (event.data.response.messages.resultCode === "Ok") close();
      tell(button, event.data.response);
    }
  });

  document.querySelectorAll("button.AcceptUI").forEach(function (button) {
    button.addEventListener("click", function (event) {
      event.preventDefault();
      start(button);
    });
  });
})();
