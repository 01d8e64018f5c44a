/* The lifts and their recent carriers, as the last poll found them. */

import { batch, computed, signal } from "@preact/signals";
import type { Lift, Passage } from "../api/types";

/** How many carriers of a lift are kept and shown. */
export const RECENT = 24;

const byId = signal<ReadonlyMap<string, Lift>>(new Map());
const recent = signal<ReadonlyMap<string, readonly Passage[]>>(new Map());

export const lifts = computed(() => [...byId.value.values()]);
/** Whether the lifts were read at least once. */
export const read = signal(false);

/** A lift's name; its id while it is not known. */
export const nameOf = (id: string): string => byId.value.get(id)?.name ?? id;

/** Whether a lift is armed; one that is not known (yet, or any more) is not called unproven. */
export const isArmed = (id: string): boolean => byId.value.get(id)?.armed ?? true;

/** A lift's recent carriers, newest first. */
export const passagesOf = (id: string): readonly Passage[] => recent.value.get(id) ?? [];

export function setLifts(items: readonly Lift[]): void {
  batch(() => {
    byId.value = new Map(items.map((lift) => [lift.id, lift]));
    recent.value = new Map([...recent.value].filter(([id]) => byId.value.has(id)));
    read.value = true;
  });
}

export function addPassages(items: readonly Passage[]): void {
  const found = new Map(recent.value);
  for (const passage of items) {
    const others = (found.get(passage.lift_id) ?? []).filter((known) => known.id !== passage.id);
    found.set(passage.lift_id, [...others, passage]);
  }
  for (const id of new Set(items.map((passage) => passage.lift_id))) {
    const list = [...(found.get(id) ?? [])];
    list.sort((a, b) => b.recorded_at.localeCompare(a.recorded_at) || b.number - a.number);
    found.set(id, list.slice(0, RECENT));
  }
  recent.value = found;
}
