/* A list of alarms that stays as it is while somebody points at it: what comes meanwhile is counted. */

import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { REACTION_MS } from "../../components/holding";
import { alarms, type ShownAlarm } from "../../state/alarms";
import { isUnseen } from "../../state/watching";

/** A row: one alarm, or those of a group, the newest first. */
export interface Row {
  /** The same for as long as it is about the same thing. */
  key: string;
  ids: readonly [string, ...string[]];
}

const byId = computed(() => new Map(alarms.value.map((alarm) => [alarm.id, alarm])));

type RowAlarms = readonly [ShownAlarm, ...ShownAlarm[]];

const isSame = <Item>(some: readonly Item[], others: readonly Item[]): boolean =>
  some.length === others.length && some.every((item, i) => item === others[i]);

export class HeldList {
  /** Whether somebody points at it. */
  readonly isHeld = signal(false);
  /** What is shown, in its order. */
  readonly rows = signal<readonly Row[]>([]);
  /** What came since it is held. */
  readonly fresh: ReadonlySignal<readonly ShownAlarm[]>;
  private readonly wanted: ReadonlySignal<readonly Row[]>;
  /** As they were last: an alarm that the page has forgotten stays in a row that is held. */
  private known = new Map<string, ShownAlarm>();
  /** Of each row by its key, as they were asked for last. */
  private alarms = new Map<string, RowAlarms>();

  constructor(wanted: ReadonlySignal<readonly Row[]>) {
    this.wanted = wanted;
    this.fresh = computed(() => {
      const shown = new Set(this.rows.value.flatMap(({ ids }) => ids));
      const others = this.wanted.value.flatMap(({ ids }) => ids).filter((id) => !shown.has(id));
      return others.flatMap((id) => byId.value.get(id) ?? []);
    });
    effect(() => {
      const next = this.wanted.value;
      // Nobody can mistake one row for another where there is none, or none is left.
      if (!this.isHeld.value || !next.length || !this.rows.peek().length) this.take(next);
    });
    effect(() => {
      if (!this.isOvertaken.value) return undefined;
      const timer = setTimeout(() => this.refresh(), REACTION_MS);
      return () => clearTimeout(timer);
    });
  }

  /** Something came, and of what is shown nothing waits any more: it is shown, once a second tap has missed it. */
  private readonly isOvertaken = computed(
    () =>
      this.isHeld.value &&
      this.fresh.value.length > 0 &&
      this.rows.value.every((row) => this.alarmsOf(row)?.every((alarm) => !isUnseen(alarm)) ?? true),
  );

  /** Show what came, whoever points at it: they asked for it. */
  refresh(): void {
    this.take(this.wanted.peek());
  }

  /** The alarms of a row as they are now, the newest first; the same array until one of them changes. */
  alarmsOf({ key, ids }: Row): RowAlarms | null {
    const found = ids.flatMap((id) => {
      const alarm = byId.value.get(id) ?? this.known.get(id);
      if (alarm) this.known.set(id, alarm);
      return alarm ?? [];
    });
    const last = this.alarms.get(key);
    if (last && isSame(last, found)) return last;
    const [first, ...rest] = found;
    if (!first) return null;
    const now: RowAlarms = [first, ...rest];
    this.alarms.set(key, now);
    return now;
  }

  private take(next: readonly Row[]): void {
    const before = this.rows.peek();
    const shown = new Map(before.map((row) => [row.key, row]));
    const rows = next.map((row) => {
      const last = shown.get(row.key);
      return last && isSame(last.ids, row.ids) ? last : row; // a row that is the same is not drawn again
    });
    if (isSame(rows, before)) return;
    const [keys, ids] = [new Set(rows.map(({ key }) => key)), new Set(rows.flatMap((row) => row.ids))];
    this.known = new Map([...this.known].filter(([id]) => ids.has(id)));
    this.alarms = new Map([...this.alarms].filter(([key]) => keys.has(key)));
    this.rows.value = rows;
  }
}
