/* Where each tile is: by need, then by name, and where it was for as long as somebody points at the tiles. */

import { computed, effect, type Signal, signal } from "@preact/signals";
import type { Glance } from "../api/types";
import { language } from "../i18n/text";
import { connected } from "../state/connection";
import { lifts } from "../state/lifts";
import { put, steady } from "../state/steady";
import { NEEDS, states } from "./need";

export type Grouping = "none" | "area" | "station";

/** Lifts of one heading; "" of those that have none. */
export interface TileGroup {
  heading: string;
  ids: readonly string[];
}

const collator = new Intl.Collator(language, { numeric: true });

/** Which lifts are shown: of an area, whose name holds a text, or those that need somebody. */
export interface Filter {
  text: string;
  needy: boolean;
}

/** A setting that this browser remembers. */
function remembered<Value extends string>(
  key: string,
  values: readonly Value[],
  otherwise: Value,
): Signal<Value> {
  const kept = localStorage.getItem(key);
  const found = signal(values.find((value) => value === kept) ?? otherwise);
  effect(() => localStorage.setItem(key, found.value));
  return found;
}

export const GROUPINGS = ["none", "area", "station"] as const;
export const DENSITIES = ["fit", "large"] as const;
export const grouping = remembered<Grouping>("barwatch.grouping", GROUPINGS, "none");
/** fit: every lift on one screen; large: larger tiles, which may have to be scrolled. */
export const density = remembered<(typeof DENSITIES)[number]>("barwatch.density", DENSITIES, "fit");
/** Never remembered: who comes tomorrow has to see every lift. */
export const filter = signal<Filter>({ text: "", needy: false });

/** Whether somebody points at the tiles, or the keyboard is among them: then nothing is moved. */
export const isHeld = signal(false);

const CALM = NEEDS.indexOf("well");
const rankOf = (id: string): number => NEEDS.indexOf(states.value.get(id)?.need ?? "silent");

const placeOf = ({ place, name, id }: Glance): string =>
  [name, id, place.area, place.station].join("\n").toLocaleLowerCase(language);

const chosen = computed(() => {
  const { text, needy } = filter.value;
  const wanted = text.trim().toLocaleLowerCase(language);
  return lifts.value.filter((lift) => placeOf(lift).includes(wanted) && !(needy && rankOf(lift.id) === CALM));
});

/** How many lifts the filter hides, and how many of them need somebody: a filter may not hide that. */
export const hidden = steady(() => {
  const seen = new Set(chosen.value.map(({ id }) => id));
  const others = lifts.value.filter(({ id }) => !seen.has(id));
  return { all: others.length, needy: others.filter(({ id }) => rankOf(id) < CALM).length };
});

const asText = (groups: readonly TileGroup[]): string => JSON.stringify(groups);

/** Lifts by need, then by name; those of a grouping below their headings. */
function sorted(members: readonly Glance[], by: Grouping): readonly TileGroup[] {
  const found = new Map<string, Glance[]>();
  for (const lift of members) {
    const heading = by === "none" ? "" : lift.place[by];
    found.set(heading, [...(found.get(heading) ?? []), lift]);
  }
  const byNeed = (a: Glance, b: Glance): number =>
    rankOf(a.id) - rankOf(b.id) || collator.compare(a.name, b.name) || collator.compare(a.id, b.id);
  return [...found]
    .sort(([a], [b]) => Number(a === "") - Number(b === "") || collator.compare(a, b))
    .map(([heading, all]) => ({ heading, ids: all.sort(byNeed).map(({ id }) => id) }));
}

/** Where the tiles belong by now. */
const wanted = computed(() => sorted(chosen.value, grouping.value));

/** Every lift, whatever is filtered: for a screen that nobody touches. Without fresh word nothing is sorted. */
let sortedBefore: readonly TileGroup[] = [];
export const all = computed(() => {
  const next = sorted(lifts.value, "none");
  if (!connected.value && sortedBefore.length) return kept(sortedBefore, next);
  if (asText(next) !== asText(sortedBefore)) sortedBefore = next;
  return sortedBefore;
});

/** The tiles as they were, with those that are new behind them. */
export function kept(shown: readonly TileGroup[], next: readonly TileGroup[]): readonly TileGroup[] {
  const known = new Set(shown.flatMap(({ ids }) => ids));
  const fresh = next.flatMap(({ ids }) => ids).filter((id) => !known.has(id));
  const last = shown.at(-1);
  if (!fresh.length || !last) return shown;
  return [...shown.slice(0, -1), { ...last, ids: [...last.ids, ...fresh] }];
}

/** What is shown. Without fresh word nothing is sorted: what was urgent stays where it was. */
export const groups = signal<readonly TileGroup[]>([]);
/** Whether the tiles would stand otherwise by now. */
export const isWaiting = computed(() => isHeld.value && asText(groups.value) !== asText(wanted.value));

effect(() => {
  const next = wanted.value;
  const before = groups.peek();
  const stays = (isHeld.value || !connected.value) && before.some(({ ids }) => ids.length);
  const shown = stays ? kept(before, next) : next;
  put(groups, shown);
});

/** Filter and grouping are asked for: they hold at once, wherever the pointer is. */
effect(() => {
  void filter.value;
  void grouping.value;
  groups.value = wanted.peek();
});
