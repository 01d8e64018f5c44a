/* The history of alarms: filters, and a page of it. Its pages stand still while alarms come. */

import { batch, computed, signal } from "@preact/signals";
import { address, get } from "../../api/client";
import type { AlarmKind, AlarmReview, AlarmState, ListedAlarm, ListedAlarms } from "../../api/types";
import { language } from "../../i18n/language";
import { beginOf, endOf } from "../../i18n/time";
import { messageOf } from "../../state/session";

const PAGE = 50;

export interface Wanted {
  lift: string;
  kind: AlarmKind | "";
  priority: string;
  state: AlarmState | "";
  reviewed: AlarmReview | "";
  /** The first and the last day, "2026-01-31", or empty. */
  from: string;
  to: string;
}

const NOTHING: Wanted = { lift: "", kind: "", priority: "", state: "", reviewed: "", from: "", to: "" };

/** What is asked for, as the API takes it. */
function queryOf({ lift, kind, priority, state, reviewed, from, to }: Wanted): URLSearchParams {
  const span = { from: from && beginOf(from).toISOString(), to: to && endOf(to).toISOString() };
  const all = { lift_id: lift, kind, priority, state, reviewed, ...span };
  return new URLSearchParams(Object.entries(all).filter(([, value]) => value !== ""));
}

/** Where a page begins: "" the first. */
type Cursor = string;

class AlarmHistory {
  readonly wanted = signal<Wanted>(NOTHING);
  readonly items = signal<readonly ListedAlarm[]>([]);
  /** When it was read (ms); 0 before. */
  readonly readAt = signal(0);
  readonly problem = signal("");
  readonly isReading = signal(false);
  /** Damaged records that were left out of this page. */
  readonly unreadable = signal(0);
  private readonly next = signal<Cursor | null>(null);
  /** The pages before this one, the newest first. */
  private readonly before = signal<readonly Cursor[]>([]);
  private readonly here = signal<Cursor>("");

  readonly hasOlder = computed(() => this.next.value !== null);
  readonly hasNewer = computed(() => this.before.value.length > 0);
  readonly page = computed(() => this.before.value.length + 1);
  readonly isFiltered = computed(() => queryOf(this.wanted.value).size > 0);
  /** The address of all that the filters leave, as a table. */
  readonly table = computed(() => {
    const query = queryOf(this.wanted.value);
    query.set("language", language);
    return address(`/alarms/export.csv?${query}`);
  });

  filter = (part: Partial<Wanted>): Promise<void> => {
    // Which page it was, and which comes next, was said of other filters.
    batch(() => {
      this.wanted.value = { ...this.wanted.value, ...part };
      this.next.value = null;
      this.before.value = [];
      this.here.value = "";
    });
    return this.again();
  };
  clear = (): Promise<void> => this.filter(NOTHING);
  newest = (): Promise<void> => this.read("", []);
  older = async (): Promise<void> => {
    const next = this.next.value;
    if (next !== null) await this.read(next, [...this.before.value, this.here.value]);
  };
  newer = async (): Promise<void> => {
    const before = this.before.value;
    const last = before.at(-1);
    if (last !== undefined) await this.read(last, before.slice(0, -1));
  };
  /** The same page again. */
  again = (): Promise<void> => this.read(this.here.value, this.before.value);

  private turn = 0;

  private async read(cursor: Cursor, before: readonly Cursor[]): Promise<void> {
    this.turn += 1;
    const turn = this.turn;
    this.isReading.value = true;
    const query = queryOf(this.wanted.value);
    query.set("limit", String(PAGE));
    if (cursor) query.set("cursor", cursor);
    try {
      const page = await get<ListedAlarms>(`/alarms?${query}`);
      if (turn !== this.turn) return; // something else was asked for meanwhile
      batch(() => {
        this.items.value = page.items;
        this.unreadable.value = page.unreadable ?? 0;
        this.next.value = page.next;
        this.before.value = before;
        this.here.value = cursor;
        this.readAt.value = Date.now();
        this.problem.value = "";
      });
    } catch (error) {
      if (turn === this.turn) this.problem.value = messageOf(error);
    }
    if (turn === this.turn) this.isReading.value = false;
  }
}

/** Kept while the page is open: who looks at one alarm comes back to where they were. */
export const history = new AlarmHistory();
