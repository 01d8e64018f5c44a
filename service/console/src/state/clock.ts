/* The time, once a second: everything that goes stale follows it. */

import { signal } from "@preact/signals";

export const now = signal(Date.now());

setInterval(() => {
  now.value = Date.now();
}, 1000);

/** One moment by both clocks of the browser. */
export interface Instant {
  steadyMs: number;
  wallMs: number;
}

export const instant = (): Instant => ({ steadyMs: performance.now(), wallMs: Date.now() });

/**
 * Seconds since an instant. The steady clock stands still while a computer sleeps, the other one can be set: the
 * longer span counts, so that nothing looks newer than it is.
 */
export const secondsSince = ({ steadyMs, wallMs }: Instant): number =>
  Math.max(performance.now() - steadyMs, Date.now() - wallMs, 0) / 1000;
