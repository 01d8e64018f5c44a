/* From a key and parameters to a sentence: the only place where the console makes text. */

import { type Catalogue, english, type Key } from "./en";
import type { Parameters, Text } from "./shapes";

/** Every language has every key: the compiler says which is missing. */
const CATALOGUES = { en: english } satisfies Record<string, Catalogue>;

export type { Key };

type Language = keyof typeof CATALOGUES;

const isKnown = (language: string): language is Language => language in CATALOGUES;

/** The first of the browser's languages that there is a catalogue for. */
export const language: Language =
  navigator.languages.map((each) => each.split("-")[0] ?? "").find(isKnown) ?? "en";

const catalogue: Catalogue = CATALOGUES[language];
const plural = new Intl.PluralRules(language);

/** How {name:form} writes a number. */
const FORMS: Record<string, (value: number) => string> = {
  percent: (value) => percent(value),
  percent1: (value) => `${(100 * value).toFixed(1)}\u00a0%`,
  fixed0: (value) => value.toFixed(0),
  fixed1: (value) => value.toFixed(1),
};

/** "25 %", not broken over lines. */
export const percent = (part: number): string => `${Math.round(100 * part)}\u00a0%`;

const PLACES = /\{(\w+)(?::(\w+))?\}/g;
const PLACE = /\{\w+(:\w+)?\}/;

/** Put parameters in their places; a place without one stays visible, so that the mistake is. */
export function fill(text: Text, parameters: Parameters = {}): string {
  const form =
    typeof text === "string" ? text : (text[plural.select(Number(parameters.count))] ?? text.other);
  return form.replace(PLACES, (place, name: string, format?: string) => {
    const value = parameters[name];
    if (value === undefined) return place;
    return format === undefined ? String(value) : (FORMS[format]?.(Number(value)) ?? String(value));
  });
}

/** The sentence of a key, with its parameters in place. */
export const t = (key: Key, parameters?: Parameters): string => fill(catalogue.sentences[key], parameters);

/** The words for the API's codes, by the name of the code's type. */
export const words = catalogue.words;

/** The words of a code; of one that a later service has sent, what the service itself says of it. */
export function worded<Code extends string>(
  table: Readonly<Record<Code, Text>>,
  code: string,
  otherwise: string,
  parameters?: Parameters,
): string {
  return code in table ? fill(table[code as Code], parameters) : otherwise;
}

/** The first of a code's sentences that all numbers are there for; else what the service itself says. */
export function fitting(
  sentences: readonly Text[] | undefined,
  otherwise: string,
  parameters: Parameters,
): string {
  const found = sentences?.map((text) => fill(text, parameters)).find((text) => !PLACE.test(text));
  return found ?? otherwise;
}
