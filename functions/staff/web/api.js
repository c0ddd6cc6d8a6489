// The staff API: every request with the token of who is signed in.

import * as auth from "./auth.js";
import { ApiError, send } from "./http.js";

export { ApiError };

let ahead = 0; // of this device's clock, in milliseconds
let onEnd = async () => { throw new ApiError(401); };

// `ask` is called when nobody is signed in any more; it leads to the sign-in page.
export function onSessionEnd(ask) {
  onEnd = ask;
}

async function request(method, path, { query, headers, ...options } = {}) {
  const chosen = Object.entries(query ?? {}).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const address = chosen.length ? `${path}?${new URLSearchParams(chosen)}` : path;
  for (let again = false; ; again = true) {
    try {
      const told = await send(method, address, {
        ...options, headers: { ...headers, Authorization: `Bearer ${auth.idToken() ?? ""}` },
      });
      if (told.date) ahead = Date.parse(told.date) - Date.now();
      return told;
    } catch (error) {
      if (error.status !== 401) throw error;
      if (again || !(await auth.renew())) await onEnd();
    }
  }
}

export const get = async (path, query, options) => (await request("GET", path, { ...options, query })).answer;
export const put = async (path, body, options) => (await request("PUT", path, { ...options, body })).answer;
export const post = (path, body, options) => request("POST", path, { ...options, body });
export const remove = (path) => request("DELETE", path);

// The present instant by the clock of the API: what is recorded now counts from it.
export const now = () => new Date(Date.now() + ahead);

// A part of a path that is somebody's id.
export const id = encodeURIComponent;

// For a click that must count once, however often it is sent.
export const clickKey = () => crypto.randomUUID();
