// Signing in on the hosted page: authorization code with PKCE. Tokens stay in this tab's sessionStorage.

const TOKENS = "staff";
const ON_THE_WAY = "staff-sign-in"; // what must be remembered while the browser is at the hosted page
const SIGNED_OUT = "staff-signed-out";
const SCOPE = "openid email profile";
const LEVELS = ["front_desk", "clinical_staff", "therapy_director", "practice_administrator", "business_owner"];

const home = new URL("/console/", window.location.origin).href;
let config = null;

function read(key) {
  try {
    return JSON.parse(window.sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

const write = (key, value) => window.sessionStorage.setItem(key, JSON.stringify(value));

export const idToken = () => read(TOKENS)?.id_token ?? null;

// What the token says, for what is offered; what is allowed is the API's to say.
function claims() {
  try {
    const [, body] = idToken().split(".");
    const bytes = Uint8Array.from(atob(body.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

// Who is signed in: name, email and level.
export function member() {
  const said = claims();
  if (!said) return null;
  const groups = [said["cognito:groups"] ?? []].flat();
  const [level = null] = groups.length === 1 ? groups : [];
  return { id: said.sub, name: said.name || said.email || "", email: said.email ?? "", level };
}

// Each level has the rights of the ones before.
export const reaches = (level, least) => LEVELS.indexOf(level) >= LEVELS.indexOf(least);
export const levelsFrom = (least) => LEVELS.slice(LEVELS.indexOf(least));
export const LEVEL_NAMES = LEVELS;

async function hosted() {
  config ??= await fetch("/console/config.json", { cache: "no-store" }).then((answer) => {
    if (!answer.ok) throw new Error("no configuration");
    return answer.json();
  });
  return config;
}

const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const secret = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

// Lead to the hosted page; from there one comes back to where one was.
export async function signIn() {
  const { sign_in_url: url, client_id: client } = await hosted();
  const verifier = secret();
  const state = secret();
  write(ON_THE_WAY, { verifier, state, place: window.location.hash });
  window.sessionStorage.removeItem(SIGNED_OUT);
  const challenge = base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
  const asked = new URLSearchParams({
    response_type: "code", client_id: client, redirect_uri: home, scope: SCOPE, state,
    code_challenge_method: "S256", code_challenge: challenge,
  });
  window.location.assign(`${url}/oauth2/authorize?${asked}`);
  return new Promise(() => {}); // the page is on its way out
}

// Coming back from the hosted page: true if somebody is now signed in, or why not.
export async function arrive() {
  const answer = new URLSearchParams(window.location.search);
  if (!answer.has("code") && !answer.has("error")) return false;
  const pending = read(ON_THE_WAY);
  window.sessionStorage.removeItem(ON_THE_WAY);
  history.replaceState(null, "", `${home}${pending?.place ?? ""}`);
  if (answer.has("error")) throw new Error(answer.get("error"));
  if (!pending || answer.get("state") !== pending.state) return false; // not asked for by this tab
  const { client_id: client } = await hosted();
  write(TOKENS, await token({
    grant_type: "authorization_code", client_id: client, code: answer.get("code"),
    redirect_uri: home, code_verifier: pending.verifier,
  }));
  return true;
}

async function token(form) {
  const { sign_in_url: url } = await hosted();
  const answer = await fetch(`${url}/oauth2/token`, {
    method: "POST", body: new URLSearchParams(form), cache: "no-store", credentials: "omit",
  });
  if (!answer.ok) throw new Error(`no token: ${answer.status}`);
  const { id_token, refresh_token } = await answer.json();
  return { id_token, refresh_token: refresh_token ?? form.refresh_token };
}

let renewing = null;

// A new token for one that has expired; false if only signing in again helps.
export function renew() {
  renewing ??= renewed().finally(() => { renewing = null; });
  return renewing;
}

async function renewed() {
  const refresh = read(TOKENS)?.refresh_token;
  if (!refresh) return false;
  try {
    const { client_id: client } = await hosted();
    write(TOKENS, await token({ grant_type: "refresh_token", client_id: client, refresh_token: refresh }));
    return true;
  } catch {
    return false;
  }
}

export function forget() {
  window.sessionStorage.removeItem(TOKENS);
}

export const hasSignedOut = () => Boolean(read(SIGNED_OUT));

// Sign out here and at the hosted page, so that the next one here has to sign in.
export async function signOut() {
  forget();
  write(SIGNED_OUT, true);
  const { sign_in_url: url, client_id: client } = await hosted();
  window.location.assign(`${url}/logout?${new URLSearchParams({ client_id: client, logout_uri: home })}`);
  return new Promise(() => {});
}
