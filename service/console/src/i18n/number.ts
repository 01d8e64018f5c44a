/* Numbers as people write them in the page's language. Units are those of the SI, alike in all four. */

import { locale } from "./language";

const FORMATS = new Map<string, Intl.NumberFormat>();

function formatOf(style: "decimal" | "percent", digits: number | undefined): Intl.NumberFormat {
  const name = `${style} ${digits}`;
  const known = FORMATS.get(name);
  if (known) return known;
  const exact = digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const made = new Intl.NumberFormat(locale, { style, ...exact });
  FORMATS.set(name, made);
  return made;
}

/** "1,234.5", "1.234,5"; digits: how many after the point, as many as there are (at most three) if left out. */
export const number = (value: number, digits?: number): string => formatOf("decimal", digits).format(value);

/** "25%", "25 %" of 0.25. */
export const percent = (part: number, digits = 0): string => formatOf("percent", digits).format(part);
