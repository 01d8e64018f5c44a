/* Moments and spans as a person writes them, by the resort's clock: whoever looks from elsewhere reads the same time. */

import { locale } from "./language";
import { number } from "./number";

/** The resort's time zone, which the service writes into the page; the browser's own where it knows no such zone. */
const timeZone = known(document.documentElement.dataset.timeZone);

function known(zone: string | undefined): string | undefined {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone } as const;
const TIME = new Intl.DateTimeFormat(locale, { ...CLOCK, second: "2-digit" });
const SHORT_TIME = new Intl.DateTimeFormat(locale, CLOCK);
const DATE = new Intl.DateTimeFormat(locale, { dateStyle: "short", timeZone });
const SHORT_DAY = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
/** "2026-01-31 14:03:09": Swedish is written as ISO 8601 is. */
const ISO = new Intl.DateTimeFormat("sv", { dateStyle: "short", timeStyle: "medium", timeZone });

/** "14:03:09", and the date before it when it is not today's. */
export function clockTime(iso: string): string {
  const date = new Date(iso);
  const time = TIME.format(date);
  return dayOf(date) === dayOf(new Date()) ? time : `${DATE.format(date)} ${time}`;
}

/** "14:03". */
export const wallClock = (now: number): string => SHORT_TIME.format(now);

/** The day of a moment as forms and the API write it: "2026-01-31". */
export const dayOf = (moment: Date): string => ISO.format(moment).slice(0, 10);

/** A day's first moment. */
export function beginOf(day: string): Date {
  const asUtc = Date.parse(`${day}T00:00:00Z`);
  const ahead = (at: number): number => Date.parse(`${ISO.format(at).replace(" ", "T")}Z`) - at;
  // Twice: the clock may have been changed between the first guess and the day.
  return new Date(asUtc - ahead(asUtc - ahead(asUtc)));
}

/** The first moment of the day after. */
export function endOf(day: string): Date {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return beginOf(next.toISOString().slice(0, 10));
}

/** A day of the calendar, whatever the zone: "5 Jan". */
export const shortDay = (day: string): string => SHORT_DAY.format(new Date(`${day}T00:00:00Z`));

/** "14:03:09". */
export const fullClock = (now: number): string =>
  new Date(now).toLocaleTimeString([], { ...CLOCK, second: "2-digit" });

/** "45 s", "3 min", "1 h 30 min"; "2.5 s" of less than ten. */
export function span(seconds: number): string {
  if (seconds < 60) {
    const short = seconds < 10 ? number(Number(seconds.toFixed(1))) : number(seconds, 0);
    return `${short}\u00a0s`;
  }
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
