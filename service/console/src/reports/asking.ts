/* What a report is asked of, and the days before and after it. */

import type { Report, ReportPeriod } from "../api/types";

/** date: empty: the period that holds today. hours: of each day these alone; empty: all of it. lifts: empty: all. */
export interface Asked {
  readonly period: ReportPeriod;
  readonly date: string;
  readonly hours: string;
  readonly lifts: readonly string[];
}

export const PERIODS: readonly ReportPeriod[] = ["shift", "day", "week", "season"];

/** The query of the API for it. */
export function queryOf({ period, date, hours, lifts }: Asked): string {
  const query = new URLSearchParams({ period });
  if (date) query.set("date", date);
  if (hours) query.set("hours", hours);
  for (const lift of lifts) query.append("lift_id", lift);
  return query.toString();
}

const DAY_MS = 86_400_000;

/** A calendar day some days later, without any clock. */
function later(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** A day of the period before (-1) or after (1) a report's. */
export const beside = ({ first_day, last_day }: Report, by: -1 | 1): string =>
  by < 0 ? later(first_day, -1) : later(last_day, 1);
