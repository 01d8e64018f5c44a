/* Calls of the public API; the session cookie signs them. */

import type { InvalidPart, Problem } from "./types";

/** Where the service is: a proxy may show it below a path of its own. This script lies in its folder `console`. */
const ROOT = new URL("../", import.meta.url);
const PATIENCE_MS = 10_000;
const FILE_PATIENCE_MS = 600_000;

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
  /** Which values of the request are wrong, of an `invalid_request`. */
  readonly errors: readonly InvalidPart[];

  constructor(status: number, { detail, code, parameters, errors }: Partial<Problem>) {
    super(detail ?? code ?? String(status));
    this.status = status;
    this.code = code ?? "";
    this.parameters = parameters ?? {};
    this.errors = errors ?? [];
  }
}

/** What the service gave, and its ETag. */
export interface Tagged<Answer> {
  content: Answer;
  tag: string | null;
}

interface Extra {
  patienceMs?: number | undefined;
  headers?: Record<string, string>;
}

/** Asks somebody who they are, before something dangerous; whether they have shown it. The page sets it. */
export const proof: { ask: () => Promise<boolean> } = { ask: async () => false };

/** Ask the API. Throws ApiError. body: a form, or anything that JSON holds. */
async function ask(
  method: string,
  path: string,
  body?: unknown,
  { patienceMs = PATIENCE_MS, headers = {} }: Extra = {},
): Promise<Response> {
  const request: RequestInit = {
    method,
    credentials: "same-origin",
    signal: AbortSignal.timeout(patienceMs),
  };
  if (body instanceof FormData) {
    request.body = body;
  } else if (body !== undefined) {
    request.headers = { ...headers, "Content-Type": "application/json" };
    request.body = JSON.stringify(body);
  }
  let answer: Response;
  try {
    answer = await fetch(address(path), request);
  } catch {
    throw new ApiError(0, { code: "not_reached" });
  }
  if (answer.ok) return answer;
  const problem: Partial<Problem> = await answer.json().catch(() => ({}));
  if (problem.code === "proof_needed" && (await proof.ask())) {
    return ask(method, path, body, { patienceMs, headers });
  }
  throw new ApiError(answer.status, problem);
}

/** Call the API; the answer's JSON, or undefined where it is empty. Throws ApiError. */
async function call<Answer>(
  method: string,
  path: string,
  body?: unknown,
  extra?: Extra,
): Promise<Tagged<Answer>> {
  const answer = await ask(method, path, body, extra);
  const content = await answer.text();
  const found = (content ? JSON.parse(content) : undefined) as Answer;
  return { content: found, tag: answer.headers.get("ETag") };
}

const only = async <Answer>(called: Promise<Tagged<Answer>>): Promise<Answer> => (await called).content;

/** patienceMs: of calls that take longer than others. */
export const get = <Answer>(path: string, patienceMs?: number): Promise<Answer> =>
  only(call<Answer>("GET", path, undefined, { patienceMs }));
/** A file, however long it takes to make. Throws ApiError. */
export const getFile = async (path: string): Promise<Blob> =>
  (await ask("GET", path, undefined, { patienceMs: FILE_PATIENCE_MS })).blob();
export const getTagged = <Answer>(path: string): Promise<Tagged<Answer>> => call<Answer>("GET", path);
export const post = <Answer>(path: string, body: object = {}, patienceMs?: number): Promise<Answer> =>
  only(call<Answer>("POST", path, body, { patienceMs }));
export const put = <Answer>(path: string, body: object): Promise<Answer> =>
  only(call<Answer>("PUT", path, body));
/** tag: of what it takes the place of; null: there is nothing yet. Anything else there is left as it is, with an error. */
export const putTagged = <Answer>(path: string, body: object, tag: string | null): Promise<Tagged<Answer>> =>
  call<Answer>("PUT", path, body, { headers: tag === null ? { "If-None-Match": "*" } : { "If-Match": tag } });
export const isChangedElsewhere = (error: unknown): boolean =>
  error instanceof ApiError && error.code === "changed_elsewhere";
export const remove = <Answer = void>(path: string): Promise<Answer> => only(call<Answer>("DELETE", path));

/** What a call gives; null where there is no such thing. */
export async function orNull<Answer>(call: Promise<Answer>): Promise<Answer | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
