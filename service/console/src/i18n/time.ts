/* Moments and spans as a person writes them. */

const CLOCK = { hour: "2-digit", minute: "2-digit", hour12: false } as const;

/** "14:03:09", and the date before it when it is not today's. */
export function clockTime(iso: string): string {
  const date = new Date(iso);
  const time = date.toLocaleTimeString([], { ...CLOCK, second: "2-digit" });
  return date.toDateString() === new Date().toDateString() ? time : `${date.toLocaleDateString()} ${time}`;
}

/** "14:03". */
export const wallClock = (now: number): string => new Date(now).toLocaleTimeString([], CLOCK);

/** Whole seconds from one moment to another. */
export const secondsBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 1000);
