// One request to an API of ours: JSON in, JSON out, and problems as errors.

const PATIENCE = 20_000;

// An answer that is no success, or none at all (`status` 0). `detail` says what to do, in English;
// some tell a `reason` beside their code.
export class ApiError extends Error {
  constructor(status, { code = "", detail = "", reason = "", retryAfter = 0 } = {}) {
    super(code || String(status));
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.reason = reason;
    this.retryAfter = retryAfter;
  }
}

// A `body` that is text goes out as it is, its kind told by `headers`; `plain` says that text may come back.
export async function send(method, path, { body, headers = {}, patience = PATIENCE, plain = false } = {}) {
  const asJson = body !== undefined && body !== null && typeof body !== "string" && !(body instanceof Blob);
  let response;
  const patient = new AbortController();
  const timer = window.setTimeout(() => patient.abort(), patience);
  try {
    response = await fetch(path, {
      method,
      headers: { Accept: "application/json", ...(asJson && { "Content-Type": "application/json" }), ...headers },
      body: asJson ? JSON.stringify(body) : body,
      cache: "no-store",
      credentials: "omit",
      signal: patient.signal,
    });
    const text = await response.text();
    // Some network's own page in between is no answer of ours: it is not JSON.
    const asText = plain && response.ok && !response.headers.get("Content-Type")?.startsWith("application/json");
    const answer = text && !asText ? JSON.parse(text) : text || null;
    if (response.ok) return { status: response.status, answer, date: response.headers.get("Date") };
    throw new ApiError(response.status, {
      code: answer?.code, detail: answer?.detail, reason: answer?.reason, retryAfter: Number(response.headers.get("Retry-After")) || 0,
    });
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(response && !response.ok ? response.status : 0);
  } finally {
    window.clearTimeout(timer);
  }
}
