/*
 * Every page, by its address. src/pages.tsx must have a page for each, and the tests must look at each
 * (tests/service/console/covered.py). What begins with a colon stands for any name; what is literal comes before it.
 */

import type { Route } from "./route";

export const PATHS = [
  "",
  "wall",
  "alarms",
  "alarms/history",
  "alarms/:alarm",
  "escalation",
  "figures",
  "reports",
  "account",
  "admin",
  "admin/health",
  "admin/backups",
  "admin/keeping",
  "admin/models",
  "admin/records",
  "admin/people",
  "admin/tokens",
  "admin/outputs",
  "admin/audit",
  "setup",
  "lifts/:lift",
  "lifts/:lift/control",
  "lifts/:lift/review",
  "lifts/:lift/review/disagreements",
  "lifts/:lift/review/accuracy",
  "lifts/:lift/setup",
  "lifts/:lift/setup/address",
  "lifts/:lift/setup/carriers",
  "lifts/:lift/setup/pick",
  "lifts/:lift/setup/masks",
  "lifts/:lift/setup/proof",
  "lifts/:lift/setup/after",
] as const;

export type Path = (typeof PATHS)[number];

type Names<At extends string> = At extends `${infer First}/${infer Rest}`
  ? Names<First> | Names<Rest>
  : At extends `:${infer Name}`
    ? Name
    : never;

/** What stands in an address in place of its names: { lift: "demo-quad" }. */
export type Given<At extends string> = Readonly<Record<Names<At>, string>>;

/** Which page an address is; null: there is no such page. */
export function matched(route: Route): { path: Path; given: Readonly<Record<string, string>> } | null {
  for (const path of PATHS) {
    const given = fits(path === "" ? [] : path.split("/"), route);
    if (given) return { path, given };
  }
  return null;
}

function fits(wanted: readonly string[], route: Route): Record<string, string> | null {
  if (wanted.length !== route.length) return null;
  const given: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const found = route[i] ?? "";
    if (part.startsWith(":")) given[part.slice(1)] = found;
    else if (part !== found) return null;
  }
  return given;
}
