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

const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** "1.2 GB", "1,2 Go": a size in the unit that suits it. */
export function bytes(size: number): string {
  const power = Math.min(size < 1000 ? 0 : Math.floor(Math.log10(size) / 3), SIZES.length - 1);
  const value = size / 1000 ** power;
  const unit = SIZES[power] ?? "byte";
  const digits = power > 0 && value < 100 ? 1 : 0;
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: digits }).format(value);
}
