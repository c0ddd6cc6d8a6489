// The API's routes. A session that has ended is begun again, and the request then goes on.

import { ApiError, send } from "./http.js";
import * as session from "./session.js";

export { ApiError };

const PAYMENT_PATIENCE = 35_000; // longer than the server may take, so that its answer is not missed

let signInAgain = async () => { throw new ApiError(401); };

// `ask` resolves once the patient has signed in again, and rejects if not.
export function onSessionEnd(ask) {
  signInAgain = ask;
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
