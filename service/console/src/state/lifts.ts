/* Every lift at a glance, as the last poll found it; how old its frames are runs on between polls. */

import { batch, computed, signal } from "@preact/signals";
import type { Glance } from "../api/types";
import { type Instant, secondsSince } from "./clock";
import { steady } from "./steady";

/** How many carriers of a lift are shown on its tile. */
export const MARKS_SHOWN = 12;

/** What was read of a lift; `text` without what changes by itself, `at`: when it was asked for. */
interface Read {
  lift: Glance;
  text: string;
  frameAgeS: number | null;
  at: Instant;
}

let known: ReadonlyMap<string, Read> = new Map();
const byId = signal<ReadonlyMap<string, Glance>>(new Map());

export const lifts = computed(() => [...byId.value.values()]);
/** Whether the lifts were read at least once. */
export const read = signal(false);

/** What rarely changes of the lifts: a part of the page that reads it is not drawn again with every carrier. */
export const named = steady(() => lifts.value.map(({ id, name, armed }) => ({ id, name, armed })));
const namedById = computed(() => new Map(named.value.map((lift) => [lift.id, lift])));

/** A lift; the same object until something of it changes but its picture, which is asked for by itself. */
export const liftOf = (id: string): Glance | undefined => byId.value.get(id);

/** A lift's name; its id while it is not known. */
export const nameOf = (id: string): string => namedById.value.get(id)?.name ?? id;

/** Whether a lift is armed; one that is not known (yet, or any more) is not called unproven. */
export const isArmed = (id: string): boolean => namedById.value.get(id)?.armed ?? true;

/** How old the newest frame of a lift's camera is, in seconds; null: there was none. */
export function frameAgeOf(id: string): number | null {
  const found = known.get(id);
  return found?.frameAgeS == null ? null : found.frameAgeS + secondsSince(found.at);
}

/** at: when they were asked for, so that nothing is taken for newer than it is. */
export function setLifts(items: readonly Glance[], at: Instant): void {
  const found = items.map((item): [string, Read] => {
    const { frame_age_s: frameAgeS, picture, ...rest } = item;
    const text = JSON.stringify([rest, picture !== null]);
    const before = known.get(item.id);
    return [item.id, { lift: before?.text === text ? before.lift : item, text, frameAgeS, at }];
  });
  const isSame = found.length === known.size && found.every(([id, { lift }]) => known.get(id)?.lift === lift);
  known = new Map(found);
  if (isSame && read.peek()) return;
  batch(() => {
    byId.value = new Map(found.map(([id, { lift }]) => [id, lift]));
    read.value = true;
  });
}
