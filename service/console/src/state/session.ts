/* Who is signed in. By a one-time link (its key stands behind #, which no server ever sees) or by a token. */

import { computed, signal } from "@preact/signals";
import { ApiError, get, post } from "../api/client";
import type { Person } from "../api/types";
import { t, worded, words } from "../i18n/text";

/** Why nobody is signed in. */
export type SignedOut = "starting" | "unreachable" | "unknown" | "ended";

export const person = signal<Person | null>(null);
export const signedOut = signal<SignedOut>("starting");
/** What the sign-in form says went wrong. */
export const problem = signal("");
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
  const key = takeKey();
  if (key) {
    try {
      return await post<Person>("/session", { key });
    } catch (error) {
      problem.value = isSignedOut(error) ? t("session.usedLink") : messageOf(error);
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

export const signInByToken = (token: string): Promise<Person> => post<Person>("/session", { token });

/** What an error says: by its code, else in the service's own words. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiError) return worded(words.problems, error.code, error.message, error.parameters);
  return error instanceof Error ? error.message : String(error);
}

export const isSignedOut = (error: unknown): boolean => error instanceof ApiError && error.status === 401;
