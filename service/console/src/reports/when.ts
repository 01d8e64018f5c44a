/* Moments by the resort's clock, whatever the clock of who reads it. */

import { locale } from "../i18n/language";
import { span } from "../i18n/time";

const HOUR = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const DAY = { weekday: "short", day: "numeric", month: "short" } as const;

/** "08:00". */
export const hourIn = (zone: string, iso: string): string =>
  new Intl.DateTimeFormat(locale, { ...HOUR, timeZone: zone }).format(new Date(iso));

/** "Sat, 31 Jan". */
export const dayIn = (zone: string, iso: string): string =>
  new Intl.DateTimeFormat(locale, { ...DAY, timeZone: zone }).format(new Date(iso));

/** "31 January 2026", of a day of the calendar. */
export const fullDay = (day: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(
    new Date(`${day}T12:00:00Z`),
  );

/** "31 January 2026 14:05". */
export const momentIn = (zone: string, iso: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short", timeZone: zone }).format(
    new Date(iso),
  );

/** "45 s", "12 min", "1 h 20 min": to the minute from an hour on. */
export const roughly = (seconds: number): string =>
  span(seconds < 3600 ? Math.round(seconds) : 60 * Math.round(seconds / 60));
