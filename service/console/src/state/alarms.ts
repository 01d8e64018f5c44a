/* The alarms: what came by the feed and from the history, newest first. */

import { batch, computed, signal } from "@preact/signals";
import { post } from "../api/client";
import type { Alarm } from "../api/types";
import { shelving } from "./status";
import { isUnseen, stands } from "./watching";

const KEEP = 200;

/** unstored: the database refuses it so far; nothing can be done with it yet. */
export type ShownAlarm = Alarm & { unstored?: true };

const byId = signal<ReadonlyMap<string, ShownAlarm>>(new Map());
const unstored = signal<readonly ShownAlarm[]>([]);

const newestFirst = (a: Alarm, b: Alarm): number => b.raised_at.localeCompare(a.raised_at) || b.seq - a.seq;
/** By priority: blind first, then open; what is over comes last. */
const rank = ({ priority, state }: Alarm): number => priority + (state === "returned" ? 10 : 0);

export const alarms = computed(() => [...byId.value.values(), ...unstored.value].sort(newestFirst));
/** What nobody has acknowledged, the most important first and what is over last. */
export const unseen = computed(() => alarms.value.filter(isUnseen).sort((a, b) => rank(a) - rank(b)));
/** The highest step that an alarm has reached because nobody acknowledged it; 0: none. */
export const escalation = computed(() => Math.max(0, ...unseen.value.map((alarm) => alarm.escalation)));
/** What waits for somebody as one: an alarm, or those of a group, the newest first. */
export interface Waiting {
  group: string | null;
  alarms: readonly [ShownAlarm, ...ShownAlarm[]];
}

/** The same as `unseen`, the open bars of one lift and run together. */
export const waiting = computed((): readonly Waiting[] => {
  const found = new Map<string, [ShownAlarm, ...ShownAlarm[]]>();
  for (const alarm of unseen.value) {
    const key = (!alarm.unstored && alarm.group) || alarm.id;
    const others = found.get(key);
    if (others) others.push(alarm);
    else found.set(key, [alarm]);
  }
  return [...found].map(([key, [first, ...rest]]) => {
    return { group: rest.length ? key : null, alarms: [first, ...rest] };
  });
});
/** Everything that still says something, whether or not somebody has seen it. */
export const standing = computed(() => alarms.value.filter(stands));

/** Take in an alarm, unless a newer state of it is known. */
export function put(...changed: Alarm[]): void {
  const found = new Map(byId.value);
  for (const alarm of changed) {
    const known = found.get(alarm.id);
    if (!known || known.seq <= alarm.seq) found.set(alarm.id, alarm);
  }
  if (found.size > KEEP) forgetOldest(found);
  byId.value = found;
}

/** Only what is over may be forgotten: what stands never vanishes from the page. */
function forgetOldest(found: Map<string, ShownAlarm>): void {
  const over = [...found.values()].filter((alarm) => !stands(alarm)).sort(newestFirst);
  for (const alarm of over.slice(KEEP / 2)) found.delete(alarm.id);
}

export function setUnstored(waiting: readonly Alarm[]): void {
  unstored.value = waiting.map((alarm) => ({ ...alarm, unstored: true }));
}

/** The ids known now; what arrives later is newer than any page that is asked for now. */
export const known = (): string[] => [...byId.value.keys()];

/** Take in the history as it was read; of the alarms `before` only those in it stay. */
export function replace(before: readonly string[], read: readonly Alarm[]): void {
  const kept = new Set(read.map((alarm) => alarm.id));
  const gone = new Set(before.filter((id) => !kept.has(id)));
  batch(() => {
    byId.value = new Map([...byId.value].filter(([id]) => !gone.has(id)));
    put(...read);
  });
}

/** Believe the system's time after it jumped. Throws ApiError. */
export async function confirmClock(): Promise<void> {
  await post("/clock/confirm");
}

/** Acknowledge a group up to the newest seq that was shown; the feed says what became of each. Throws ApiError. */
export async function acknowledgeGroup(group: string, seq: number): Promise<void> {
  await post(`/alarms/groups/${encodeURIComponent(group)}/acknowledge`, { seq });
}

/** Put an alarm away for some hours. Throws ApiError. */
export async function shelve(alarm: Alarm, hours: number, reason: string): Promise<void> {
  put(await post<Alarm>(`/alarms/${encodeURIComponent(alarm.id)}/shelve`, shelving(hours, reason)));
}

/** Bring an alarm back that was put away. Throws ApiError. */
export async function unshelve(alarm: Alarm): Promise<void> {
  put(await post<Alarm>(`/alarms/${encodeURIComponent(alarm.id)}/unshelve`));
}

/** Acknowledge an alarm. Throws ApiError. */
export async function acknowledge(alarm: Alarm): Promise<void> {
  put(await post<Alarm>(`/alarms/${encodeURIComponent(alarm.id)}/acknowledge`));
}
