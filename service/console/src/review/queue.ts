/* The carriers that wait for a person's answer: fetched ahead, answered in order, taken back one by one. */

import { computed, signal } from "@preact/signals";
import { get, post, remove } from "../api/client";
import type { ReviewAnswer, ReviewQueue, ReviewTask } from "../api/types";
import { messageOf } from "../state/session";

const AHEAD = 20;
const FETCH_BELOW = 8;

interface Given {
  task: ReviewTask;
  answer: ReviewAnswer;
}

const pathOf = ({ passage_id: id }: ReviewTask): string => `/passages/${encodeURIComponent(id)}/review`;

export class Reviewing {
  readonly problem = signal("");
  readonly counts = signal<ReviewQueue | null>(null);
  /** What was answered here and stands, the newest last. */
  readonly given = signal<readonly Given[]>([]);
  readonly current = computed(() => this.items.value[0]);
  readonly next = computed(() => this.items.value.slice(1, 3));
  /** How many this person has answered and may still answer, today. */
  readonly progress = computed(() => {
    const { answered_today: before = 0, waiting = 0 } = this.counts.value ?? {};
    const done = before + this.given.value.length - this.counted.value;
    return { done, all: before + waiting };
  });
  private readonly items = signal<readonly ReviewTask[]>([]);
  /** How many of `given` the service has counted in `counts`. */
  private readonly counted = signal(0);
  private readonly path: string;
  /** Answered here: whatever the service's list still says. */
  private readonly gone = new Set<string>();
  /** One call after the other: an answer that is taken back was given before. */
  private last: Promise<unknown> = Promise.resolve();
  private isFetching = false;

  constructor(liftId: string) {
    this.path = `/lifts/${encodeURIComponent(liftId)}/reviews`;
  }

  /** Read what waits; once the calls before are through, so that it counts them. */
  readonly read = async (): Promise<void> => {
    if (this.isFetching) return;
    this.isFetching = true;
    try {
      await this.last;
      const counted = this.given.value.length;
      const found = await get<ReviewQueue>(`${this.path}?limit=${AHEAD}`);
      this.counts.value = found;
      this.counted.value = counted;
      const known = new Set(this.items.value.map(({ passage_id: id }) => id));
      const fresh = found.items.filter(({ passage_id: id }) => !known.has(id) && !this.gone.has(id));
      this.items.value = [...this.items.value, ...fresh];
      this.problem.value = "";
    } catch (error) {
      this.problem.value = messageOf(error);
    } finally {
      this.isFetching = false;
    }
  };

  readonly answer = (answer: ReviewAnswer): void => {
    const task = this.current.value;
    if (!task) return;
    this.gone.add(task.passage_id);
    this.items.value = this.items.value.slice(1);
    this.given.value = [...this.given.value, { task, answer }];
    this.enqueue(task, () => post(pathOf(task), { answer, blind: true }));
    if (this.items.value.length < FETCH_BELOW) void this.read();
  };

  /** Take the newest answer back and show its carrier again. */
  readonly undo = (): void => {
    const newest = this.given.value.at(-1);
    if (!newest) return;
    this.back(newest.task);
    this.enqueue(null, () => remove(pathOf(newest.task)));
  };

  private enqueue(task: ReviewTask | null, call: () => Promise<unknown>): void {
    this.last = this.last.then(call).then(
      () => {
        this.problem.value = "";
      },
      (error) => {
        this.problem.value = messageOf(error);
        if (task) this.back(task); // not stored: it waits again
      },
    );
  }

  private back(task: ReviewTask): void {
    this.gone.delete(task.passage_id);
    this.given.value = this.given.value.filter((one) => one.task !== task);
    this.items.value = [task, ...this.items.value.filter((one) => one.passage_id !== task.passage_id)];
  }
}
