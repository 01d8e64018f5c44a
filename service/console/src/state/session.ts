/* Who is signed in. By a one-time link (its key stands behind #, which no server ever sees) or by a token. */

import { computed, signal } from "@preact/signals";
import { ApiError, get, isUnknown, post } from "../api/client";
import type { Person, WaysIn } from "../api/types";
import { type Key, t, worded, words } from "../i18n/text";

/** Why nobody is signed in. */
export type SignedOut = "starting" | "unreachable" | "unknown" | "ended";

export const person = signal<Person | null>(null);
export const signedOut = signal<SignedOut>("starting");
/** What the sign-in form says went wrong. */
export const problem = signal("");
/** The key of a link that is good once a code of the second factor comes with it. */
export const waitingKey = signal<string | null>(null);
/** Whether the person may make tokens and people. */
export const isAdmin = computed(() => person.value?.role === "admin" && !person.value.lifts);
/** Whether the person may act: acknowledge, and decide what a lift is judged by. */
export const mayAct = computed(() => person.value?.role === "operator" || person.value?.role === "admin");

/** Take the key out of the address bar, the history and any bookmark; null if there is none. */
function takeKey(): string | null {
  const key = new URLSearchParams(location.hash.slice(1)).get("key");
  if (key) history.replaceState(null, "", location.pathname);
  return key;
}

/** Find out who is signed in, after trying the link's key; null when nobody is. Throws ApiError if nobody answers. */
export async function whoAmI(): Promise<Person | null> {
  const failed = new URLSearchParams(location.hash.slice(1)).get("failed");
  if (failed) {
    history.replaceState(null, "", location.pathname);
    problem.value = worded(words.problems, failed, failed);
  }
  const key = takeKey();
  if (key) {
    try {
      return await post<Person>("/session", { key });
    } catch (error) {
      if (isCodeNeeded(error)) waitingKey.value = key;
      problem.value = isSignedOut(error)
        ? t(isCodeNeeded(error) ? "session.codeNeeded" : "session.usedLink")
        : messageOf(error);
      if (waitingKey.value) return null;
    }
  }
  try {
    const found = await get<Person>("/session");
    problem.value = "";
    return found;
  } catch (error) {
    if (error instanceof ApiError && error.status !== 0) return null;
    throw error;
  }
}

/** What somebody shows: a token, a link's key, or name and password; a code where it is asked for. */
export interface Shown {
  token?: string;
  key?: string;
  name?: string;
  password?: string;
  code?: string;
}

export const signInBy = (shown: Shown): Promise<Person> => post<Person>("/session", shown);
export const waysIn = (): Promise<WaysIn> => get<WaysIn>("/session/ways");
/** Show again who one is; throws ApiError. */
export const prove = (shown: Shown): Promise<void> => post<void>("/session/proof", shown);

export const isCodeNeeded = (error: unknown): boolean =>
  error instanceof ApiError && error.code === "code_needed";

/** What an error says: by its code, else in the service's own words. */
export function messageOf(error: unknown): string {
  if (isUnknown(error)) return t("page.notKnown");
  if (error instanceof ApiError) return worded(words.problems, error.code, error.message, error.parameters);
  return error instanceof Error ? error.message : String(error);
}

/** Why something was not done; of what nobody knows whether it was, that. key: says that it was not, and the {problem}. */
export const failureOf = (error: unknown, key: Key = "page.notDone"): string =>
  isUnknown(error) ? messageOf(error) : t(key, { problem: messageOf(error) });

export const isSignedOut = (error: unknown): boolean => error instanceof ApiError && error.status === 401;
