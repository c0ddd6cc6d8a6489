// The API's routes. A session that has ended is begun again, and the request then goes on.

import * as session from "./session.js";

const PATIENCE = 20_000;
const PAYMENT_PATIENCE = 35_000; // longer than the server may take, so that its answer is not missed

// An answer that is no success, or none at all (`status` 0).
export class ApiError extends Error {
  constructor(status, { code = "", retryAfter = 0 } = {}) {
    super(code || String(status));
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

let signInAgain = async () => { throw new ApiError(401); };

// `ask` resolves once the patient has signed in again, and rejects if not.
export function onSessionEnd(ask) {
  signInAgain = ask;
}

async function send(method, path, { body, headers = {}, patience = PATIENCE } = {}) {
  let response;
  const patient = new AbortController();
  const timer = window.setTimeout(() => patient.abort(), patience);
  try {
    response = await fetch(path, {
      method,
      headers: { Accept: "application/json", ...(body && { "Content-Type": "application/json" }), ...headers },
      body: body && JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      signal: patient.signal,
    });
    const text = await response.text();
    const answer = text ? JSON.parse(text) : null;
    if (response.ok) return { status: response.status, answer };
    throw new ApiError(response.status, {
      code: answer?.code, retryAfter: Number(response.headers.get("Retry-After")) || 0,
    });
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(response && !response.ok ? response.status : 0);
  } finally {
    window.clearTimeout(timer);
  }
}

async function signedIn(method, path, options = {}) {
  for (;;) {
    const held = session.current();
    if (!held) {
      await signInAgain();
      continue;
    }
    try {
      return await send(method, path, {
        ...options, headers: { ...options.headers, Authorization: `Bearer ${held}` },
      });
    } catch (error) {
      if (error.status !== 401) throw error;
      if (session.current() === held) session.expire();
    }
  }
}

const get = async (path) => (await signedIn("GET", path)).answer;
const withCursor = (path, cursor) => (cursor ? `${path}?cursor=${encodeURIComponent(cursor)}` : path);

export async function signIn(dateOfBirth) {
  const body = { token: session.token, date_of_birth: dateOfBirth };
  session.begin((await send("POST", "/portal/session", { body })).answer);
}

export const requestLink = () => send("POST", "/portal/link-requests", { body: { token: session.token } });
export const balance = () => get("/portal/balance");
export const activity = (cursor) => get(withCursor("/portal/activity", cursor));
export const payments = (cursor) => get(withCursor("/portal/payments", cursor));
export const payment = (id) => get(`/portal/payments/${encodeURIComponent(id)}`);
export const alerts = () => get("/portal/alerts");
export const setAlerts = async (body) => (await signedIn("PUT", "/portal/alerts", { body })).answer;
export const ask = (body) => signedIn("POST", "/portal/questions", { body });
export const pay = (key, body) => signedIn("POST", "/portal/payments", {
  body, headers: { "Idempotency-Key": key }, patience: PAYMENT_PATIENCE,
});

// Every page of the activity, so that what is shown adds up to the balance.
export async function wholeActivity() {
  const entries = [];
  let cursor = null;
  do {
    const page = await activity(cursor);
    entries.push(...page.entries);
    cursor = page.next_cursor;
  } while (cursor);
  return entries;
}
