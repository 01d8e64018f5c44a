/* Calls of the public API; the session cookie signs them. */

import type { Problem } from "./types";

/** Where the service is: a proxy may show it below a path of its own. This script lies in its folder `console`. */
const ROOT = new URL("../", import.meta.url);
const PATIENCE_MS = 10_000;

/** Where a path of the API is: below the place that this page came from. */
export const address = (path: string): string => new URL(path.slice(1), ROOT).href;

/** A call that failed; the message is the service's own, in English. */
export class ApiError extends Error {
  /** Of HTTP; 0 if the service was not reached. */
  readonly status: number;
  /** Which problem it is. */
  readonly code: string;
  /** The numbers and names in the message. */
  readonly parameters: Readonly<Record<string, string | number>>;

  constructor(status: number, { detail, code, parameters }: Partial<Problem>) {
    super(detail ?? code ?? String(status));
    this.status = status;
    this.code = code ?? "";
    this.parameters = parameters ?? {};
  }
}

/** Call the API; the answer's JSON, or undefined for 204. Throws ApiError. */
async function call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const request: RequestInit = {
    method,
    credentials: "same-origin",
    signal: AbortSignal.timeout(PATIENCE_MS),
  };
  if (body !== undefined) {
    request.headers = { "Content-Type": "application/json" };
    request.body = JSON.stringify(body);
  }
  let answer: Response;
  try {
    answer = await fetch(address(path), request);
  } catch {
    throw new ApiError(0, { code: "not_reached" });
  }
  if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as Answer;
  const problem: Partial<Problem> = await answer.json().catch(() => ({}));
  throw new ApiError(answer.status, problem);
}

export const get = <Answer>(path: string): Promise<Answer> => call<Answer>("GET", path);
export const post = <Answer>(path: string, body: object = {}): Promise<Answer> =>
  call<Answer>("POST", path, body);
export const remove = (path: string): Promise<void> => call<void>("DELETE", path);
