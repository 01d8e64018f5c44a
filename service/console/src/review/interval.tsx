/* A rate with its interval: as a sentence's number, and drawn on a scale. */

import type { JSX } from "preact";
import type { BoundedRate } from "../api/types";
import { number, t } from "../i18n/text";

const DIGITS = 10;

/** "12", "1.4", "0.03": two digits that count. */
export function rounded(value: number): string {
  if (value === 0) return number(0);
  if (value >= DIGITS) return number(value, 0);
  return value >= 1 ? number(value, 1) : number(value, -Math.floor(Math.log10(value)));
}

/** "1.4 (0.2 to 5.1)". */
export function intervalOf({ expected, low, high }: BoundedRate): string {
  return t("review.interval", {
    expected: expected === null ? "?" : rounded(expected),
    low: rounded(low),
    high: rounded(high),
  });
}

/** The end of a scale that a value fits on: 1, 2 or 5 times a power of ten, at most `most`. */
export function scaleFor(value: number, most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-6)));
  const end = [1, 2, 5, 10].map((step) => step * power).find((each) => each >= value) ?? 10 * power;
  return Math.min(end, most);
}

/** The interval as a bar on a scale from 0 to `end`, in percent of its width; the words beside it say the same. */
export function IntervalBar({ rate, end }: { rate: BoundedRate; end: number }): JSX.Element {
  const place = (value: number): number => Math.min(100, (100 * value) / end);
  const [low, high] = [place(rate.low), place(rate.high)];
  return (
    <svg class="interval" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect class="scale" x="0" y="3.5" width="100" height="1" />
      <rect
        class="bounds"
        x={place(rate.lowest)}
        y="3"
        width={place(rate.highest) - place(rate.lowest)}
        height="2"
      />
      <rect class="range" x={low} y="1" width={Math.max(high - low, 0.6)} height="6" />
      {rate.expected !== null && (
        <rect class="middle" x={Math.max(place(rate.expected) - 0.4, 0)} y="0" width="0.8" height="8" />
      )}
    </svg>
  );
}
