/* From a key and parameters to a sentence: the only place where the console makes text. */

import type { Key } from "./composed";
import { language, load } from "./language";
import { number, percent } from "./number";
import type { Parameters, Text } from "./shapes";

export { language } from "./language";
export { number, percent } from "./number";
export type { Key };

/** Fetched before any module that writes text runs. */
const catalogue = await load();
const plural = new Intl.PluralRules(language);

/** How {name:form} writes a number. */
const FORMS: Record<string, (value: number) => string> = {
  percent: (value) => percent(value),
  percent1: (value) => percent(value, 1),
  fixed0: (value) => number(value, 0),
  fixed1: (value) => number(value, 1),
  fixed2: (value) => number(value, 2),
};

export const PLACES = /\{(\w+)(?::(\w+))?\}/g;
const PLACE = /\{\w+(:\w+)?\}/;

/** Put parameters in their places; a place without one stays visible, so that the mistake is. */
export function fill(text: Text, parameters: Parameters = {}): string {
  const form =
    typeof text === "string" ? text : (text[plural.select(Number(parameters.count))] ?? text.other);
  return form.replace(PLACES, (place, name: string, format?: string) => {
    const value = parameters[name];
    if (value === undefined) return place;
    if (format !== undefined) return FORMS[format]?.(Number(value)) ?? String(value);
    // A count, or a part of one, is written as people write it; ports, versions and ids stay as they are.
    return typeof value === "number" && (name === "count" || !Number.isInteger(value))
      ? number(value)
      : String(value);
  });
}

/** The sentence of a key, with its places empty. */
export const sentence = (key: Key): Text => catalogue.sentences[key];

/** The same, with its parameters in place. */
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

/** Around English words in another language; no screen shows them, and they keep the order of letters apart. */
const [OPENS, CLOSES] = ["\u2068", "\u2069"];
const QUOTED = new RegExp(`${OPENS}(.*?)${CLOSES}`, "s");

/** What the service itself says, in English, as it stands in a text of the page's language. */
export const quoted = (english: string): string =>
  language === "en" || !english ? english : `${OPENS}${english}${CLOSES}`;

/** A text's parts in turn, and whether each is English in a page that is not. */
export const quotedParts = (text: string): readonly (readonly [part: string, isEnglish: boolean])[] =>
  text.split(QUOTED).map((part, i) => [part, i % 2 === 1] as const);
