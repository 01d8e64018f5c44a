/* The two lanes: what cannot see, and open bars; below them what is about the machine. */

import { computed } from "@preact/signals";
import type { Alarm } from "../../api/types";
import { type ShownAlarm, standing, waiting } from "../../state/alarms";
import { isUnseen } from "../../state/watching";
import { HeldList, type Row } from "./held-list";

/** Blind first: who cannot see does not know how many leave open. */
export const LANES = ["blind", "open", "machine"] as const;
export type Lane = (typeof LANES)[number];

const BLIND = 1;

export function laneOf({ kind, priority }: Pick<Alarm, "kind" | "priority">): Lane {
  if (kind === "bar_open") return "open";
  return priority === BLIND ? "blind" : "machine";
}

/** What nobody has acknowledged, the most important first; then what somebody has seen and what is put away. */
const wanted = computed((): readonly Row[] => {
  const unseen = waiting.value.map(({ alarms }): Row => {
    const [first, ...rest] = alarms;
    return { key: keyOf(first), ids: [first.id, ...rest.map(({ id }) => id)] };
  });
  const quiet = standing.value.filter((alarm) => !isUnseen(alarm));
  return [...unseen, ...quiet.map(({ id }): Row => ({ key: id, ids: [id] }))];
});

/** A group keeps its row when a second alarm joins its first. */
const keyOf = (alarm: ShownAlarm): string => (!alarm.unstored && alarm.group) || alarm.id;

export const held = new HeldList(wanted);

export interface LaneRow {
  row: Row;
  alarms: readonly [ShownAlarm, ...ShownAlarm[]];
}

/** The rows of each lane as they are shown. An alarm never changes its lane. */
export const byLane = computed((): Readonly<Record<Lane, readonly LaneRow[]>> => {
  const found: Record<Lane, LaneRow[]> = { blind: [], open: [], machine: [] };
  for (const row of held.rows.value) {
    const alarms = held.alarmsOf(row);
    if (alarms) found[laneOf(alarms[0])].push({ row, alarms });
  }
  return found;
});
