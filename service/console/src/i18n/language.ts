/* Which language the page speaks, and how it writes numbers: what a person chose here, else what the browser asks for. */

import type { Catalogue } from "./composed";

/** Each language in its own words, and where its texts are: only the chosen one is fetched. */
const LANGUAGES = {
  de: { name: "Deutsch", load: async () => (await import("./de")).german },
  en: { name: "English", load: async () => (await import("./en")).english },
  fr: { name: "Français", load: async () => (await import("./fr")).french },
  it: { name: "Italiano", load: async () => (await import("./it")).italian },
} satisfies Record<string, { name: string; load: () => Promise<Catalogue> }>;

export type Language = keyof typeof LANGUAGES;

const KEPT = "barwatch.language";

const isKnown = (given: string | null | undefined): given is Language => given != null && given in LANGUAGES;
const baseOf = (tag: string): string => tag.split("-")[0] ?? "";

/** What a person chose in this browser; null: nothing, so the browser's own languages count. */
export const chosen: Language | null = kept();

function kept(): Language | null {
  try {
    const found = localStorage.getItem(KEPT);
    return isKnown(found) ? found : null;
  } catch {
    return null; // the browser keeps nothing for this page
  }
}

export const language: Language = chosen ?? navigator.languages.map(baseOf).find(isKnown) ?? "en";

/** How numbers, dates and times are written: by the browser's own region where it speaks the language. */
export const locale: string = navigator.languages.find((tag) => baseOf(tag) === language) ?? language;

/** The languages to choose from, by their own names. */
export const languages = Object.entries(LANGUAGES).map(([code, { name }]) => [code, name] as const);

/** Speak another language from now on; "": the browser's. The page is drawn anew. */
export function choose(given: string): void {
  if (given) localStorage.setItem(KEPT, given);
  else localStorage.removeItem(KEPT);
  location.reload();
}

export const load = (): Promise<Catalogue> => LANGUAGES[language].load();
