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

/** What waits until the service answers again, after a change of which nobody knows whether it was done. */
const waiting: { sinceMs: number; work: () => unknown }[] = [];

/** Look again once the service answers, and once more when a change that was slow to come must be through. */
export function onceReached(work: () => unknown): void {
  waiting.push({ sinceMs: performance.now(), work });
}

/** The service has answered what was asked then: what waits since before looks again. */
function reached(askedMs: number): void {
  for (const each of waiting.filter(({ sinceMs }) => sinceMs <= askedMs)) {
    waiting.splice(waiting.indexOf(each), 1);
    each.work();
    setTimeout(each.work, PATIENCE_MS);
  }
}

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
    headers,
  };
  if (body instanceof FormData) {
    request.body = body;
  } else if (body !== undefined) {
    request.headers = { ...headers, "Content-Type": "application/json" };
    request.body = JSON.stringify(body);
  }
  const askedMs = performance.now();
  let answer: Response;
  try {
    answer = await fetch(address(path), request);
  } catch {
    throw notReached(method);
  }
  reached(askedMs);
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
  try {
    const content = await answer.text();
    const found = (content ? JSON.parse(content) : undefined) as Answer;
    return { content: found, tag: answer.headers.get("ETag") };
  } catch {
    throw notReached(method); // it broke off, or somebody else's page came in its place
  }
}

/** A question can be asked again; of a change without an answer nobody knows whether it was done. */
const notReached = (method: string): ApiError =>
  new ApiError(0, { code: method === "GET" ? "not_reached" : "not_known" });

/** Whether nobody knows whether it was done. */
export const isUnknown = (error: unknown): boolean => error instanceof ApiError && error.code === "not_known";

/**
 * Do what changes something that was read. Where somebody else was first, or nobody knows whether it was done,
 * it is looked at again: `look` must not throw. What went wrong is thrown on.
 */
export async function orLookAgain<Answer>(
  work: () => Promise<Answer>,
  look: () => Promise<unknown>,
): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (isUnknown(error)) onceReached(look);
    else if (error instanceof ApiError && error.code === "changed_elsewhere") await look();
    throw error;
  }
}

/** tag: of what it takes the place of; null: there is nothing yet; undefined: of anything. What else is there stays. */
function takingThePlaceOf(tag: string | null | undefined): Extra {
  if (tag === undefined) return {};
  return { headers: tag === null ? { "If-None-Match": "*" } : { "If-Match": tag } };
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
export const put = <Answer>(path: string, body: object, tag?: string | null): Promise<Answer> =>
  only(putTagged<Answer>(path, body, tag));
export const putTagged = <Answer>(
  path: string,
  body: object,
  tag: string | null | undefined,
): Promise<Tagged<Answer>> => call<Answer>("PUT", path, body, takingThePlaceOf(tag));
export const remove = <Answer = void>(path: string, tag?: string | null): Promise<Answer> =>
  only(call<Answer>("DELETE", path, undefined, takingThePlaceOf(tag)));

/** What a call gives; null where there is no such thing. */
export async function orNull<Answer>(call: Promise<Answer>): Promise<Answer | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
