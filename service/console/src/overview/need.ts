/* What a lift needs of a person. Calm is what is left over: a lift without fresh word is never well. */

import { computed } from "@preact/signals";
import type { Glance } from "../api/types";
import { t, words } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { type ShownAlarm, standing } from "../state/alarms";
import { now } from "../state/clock";
import { connected } from "../state/connection";
import { frameAgeOf, lifts } from "../state/lifts";
import { isUnseen, kindOf, whyNotArmed, whyNotWatched } from "../state/watching";

/** In the order in which they need somebody. */
export const NEEDS = [
  "blind",
  "open",
  "unseen",
  "stands",
  "stopped",
  "unlearnt",
  "unarmed",
  "out",
  "silent",
  "well",
] as const;
export type Need = (typeof NEEDS)[number];

/** why: in words; "" where the need says it all. */
export interface LiftState {
  need: Need;
  why: string;
}

/** A camera that has sent no frame for so long is blind, whatever was last said of it. */
const FRAME_OLD_S = 10;

const is = (need: Need, ...why: readonly (string | null)[]): LiftState => ({
  need,
  why: why.filter(Boolean).join(" · "),
});

/**
 * What a lift needs. alarms: those of the lift, and of all lifts, that stand. isTrusted: whether alarms arrive
 * and lifts are read.
 */
export function needOf(lift: Glance, alarms: readonly ShownAlarm[], isTrusted: boolean): LiftState {
  if (!isTrusted) return is("silent");
  const out = lift.out_of_service;
  const blind = whyNotWatched(lift, alarms) ?? agedOut(lift);
  if (out?.scope === "lift") return is("out", out.reason, blind);
  if (blind !== null && !out) return is("blind", blind);
  const own = alarms.filter(({ lift_id: place }) => place === lift.id);
  const unseen = own.filter(isUnseen);
  const open = unseen.find(({ kind, state }) => kind === "bar_open" && state === "active");
  const isOut = out && words.needs.out; // said whatever else is so
  if (open) return is("open", clockTime(open.raised_at), isOut);
  if (unseen[0]) return is("unseen", kindOf(unseen[0]), isOut);
  if (out) return is("out", out.reason, blind);
  if (own[0]) return is("stands", kindOf(own[0]));
  const { moves } = lift.line;
  if (moves === "stopped") return is("stopped");
  if (moves === "backwards") return is("stopped", t("overview.backwards"));
  if (moves === "unknown") return is("unlearnt");
  const unarmed = whyNotArmed(lift);
  return unarmed ? is("unarmed", unarmed.why) : is("well");
}

function agedOut(lift: Glance): string | null {
  const age = frameAgeOf(lift.id);
  if (age !== null && age <= FRAME_OLD_S) return null;
  return age === null ? t("overview.noFrame") : t("overview.frameOld", { seconds: Math.floor(age) });
}

let before: ReadonlyMap<string, LiftState> = new Map();

/** Of every lift; a state is the same object until it changes. */
export const states = computed((): ReadonlyMap<string, LiftState> => {
  void now.value; // frames age by themselves
  const everywhere: ShownAlarm[] = [];
  const byLift = new Map<string, ShownAlarm[]>();
  for (const alarm of standing.value) {
    if (alarm.lift_id === null) everywhere.push(alarm);
    else byLift.set(alarm.lift_id, [...(byLift.get(alarm.lift_id) ?? []), alarm]);
  }
  const found = new Map<string, LiftState>();
  for (const lift of lifts.value) {
    const next = needOf(lift, [...(byLift.get(lift.id) ?? []), ...everywhere], connected.value);
    const last = before.get(lift.id);
    found.set(lift.id, last?.need === next.need && last.why === next.why ? last : next);
  }
  before = found;
  return found;
});
