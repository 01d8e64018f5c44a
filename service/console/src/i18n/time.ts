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

/** "14:03:09". */
export const fullClock = (now: number): string =>
  new Date(now).toLocaleTimeString([], { ...CLOCK, second: "2-digit" });

/** "45 s", "3 min", "1 h 30 min"; "2.5 s" of less than ten. */
export function span(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? Number(seconds.toFixed(1)) : Math.round(seconds)}\u00a0s`;
  const [hours, minutes, rest] = [
    Math.floor(seconds / 3600),
    Math.floor((seconds % 3600) / 60),
    Math.round(seconds % 60),
  ];
  const parts = [hours && `${hours}\u00a0h`, minutes && `${minutes}\u00a0min`, rest && `${rest}\u00a0s`];
  return parts.filter(Boolean).join(" ");
}

/** How old something is, in one unit: "3 s", "12 min", "5 h". */
export function ageText(seconds: number): string {
  const unit = seconds < 60 ? 1 : seconds < 3600 ? 60 : 3600;
  return span(unit * Math.floor(seconds / unit));
}

/** Whole seconds from one moment to another. */
export const secondsBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 1000);
