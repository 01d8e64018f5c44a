/* Calls of the public API; the session cookie signs them. */

const ROOT = new URL("../../", import.meta.url); // a proxy may show the service below a path of its own

/** Where a path of the API is: below the place that this page came from. */
export const address = (path) => new URL(path.slice(1), ROOT).href;

/** status: of HTTP, 0 if the service was not reached; parameters: the numbers and names in the message. */
export class ApiError extends Error {
  constructor(status, detail, parameters = {}) {
    super(detail);
    this.status = status;
    this.parameters = parameters;
  }
}

/** Call the API; returns the answer's JSON, or null for 204. Throws ApiError (status 0: not reached). */
export async function call(method, path, body) {
  const request = { method, credentials: "same-origin", signal: AbortSignal.timeout(10_000) };
  if (body !== undefined) {
    request.headers = { "Content-Type": "application/json" };
    request.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(address(path), request);
  } catch {
    throw new ApiError(0, "the service cannot be reached");
  }
  if (answer.status === 204) return null;
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new ApiError(answer.status, content.detail ?? answer.statusText, content.parameters);
  return content;
}

export const get = (path) => call("GET", path);
export const post = (path, body = {}) => call("POST", path, body);
