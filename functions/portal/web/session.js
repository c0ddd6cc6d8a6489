// The session, kept in this tab's sessionStorage only: it survives a reload and ends with the tab.

const KEY = "portal";
const LIFETIME = 30 * 60_000;
const WARN_BEFORE = 2 * 60_000;
const CODE_LENGTH = 6;

function stored() {
  try {
    return JSON.parse(window.sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

let kept = stored();

function keep(changes) {
  kept = { ...kept, ...changes };
  try {
    window.sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Storage is switched off: memory has it until the next reload.
  }
}

const inAddress = window.location.pathname.split("/").pop();
const isWhole = inAddress.length > CODE_LENGTH;
// Beside the card form the address shows the practice's code only; the rest is remembered.
const remembered = !isWhole && kept.token?.startsWith(inAddress) ? kept.token : inAddress;
if (kept.token !== remembered) kept = { language: kept.language };
keep({ token: remembered });

export const token = remembered;
export const fullAddress = `/a/${token}`;
export const shortAddress = `/a/${token.slice(0, CODE_LENGTH)}`;

export const language = () => kept.language;
export const keepLanguage = (chosen) => keep({ language: chosen });

export const current = () => (kept.session && Date.now() < kept.endsAt ? kept.session : null);
export const wasSignedIn = () => Boolean(kept.session);

// Begin a session. The device's clock may be wrong: then the session's length is what we know.
export function begin({ session, expires_at: expiresAt }) {
  const length = Date.parse(expiresAt) - Date.now();
  const plausible = length > 0 && length <= LIFETIME ? length : LIFETIME;
  keep({ session, endsAt: Date.now() + plausible });
  watch();
}

export function expire() {
  if (kept.session) keep({ endsAt: 0 });
}

// The session is over; what the patient was doing is not.
export const forget = () => keep({ session: undefined, endsAt: undefined });

export function end() {
  window.clearTimeout(timer);
  keep({ session: undefined, endsAt: undefined, draft: undefined, payment: undefined });
}

// What the patient is about to pay, and the payment on its way: both must survive a reload.
export const draft = () => kept.draft ?? null;
export const keepDraft = (value) => keep({ draft: value ?? undefined });
export const payment = () => kept.payment ?? null;
export const keepPayment = (value) => keep({ payment: value ?? undefined });

let timer = 0;
let onWarning = () => {};
let onEnd = () => {};

export function listen(warning, ended) {
  onWarning = warning;
  onEnd = ended;
  document.addEventListener("visibilitychange", () => document.hidden || watch());
  window.addEventListener("pageshow", () => watch());
  watch();
}

function watch() {
  window.clearTimeout(timer);
  if (!kept.session) return;
  const left = kept.endsAt - Date.now();
  if (left <= 0) onEnd();
  else if (left <= WARN_BEFORE) {
    onWarning(left);
    timer = window.setTimeout(watch, left);
  } else timer = window.setTimeout(watch, left - WARN_BEFORE);
}
