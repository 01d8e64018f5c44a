/* One lift, whole, and its last carriers: read while a page about it is open. */

import { type ReadonlySignal, signal } from "@preact/signals";
import { get, orNull } from "../api/client";
import type { Lift, Passage, PassagePage } from "../api/types";
import { type Instant, instant } from "./clock";
import { put } from "./steady";

/** How many carriers of a lift its page shows. */
const RECENT = 24;
const POLL_MS = 2000;

/** lift: undefined before it was read, null: there is none. readAt: when what is known was asked for. */
export interface Followed {
  lift: ReadonlySignal<Lift | null | undefined>;
  passages: ReadonlySignal<readonly Passage[]>;
  readAt: ReadonlySignal<Instant>;
  /** Read until the returned function is called. */
  start: () => () => void;
}

export function followed(liftId: string): Followed {
  const lift = signal<Lift | null | undefined>(undefined);
  const passages = signal<readonly Passage[]>([]);
  const readAt = signal(instant());
  const id = encodeURIComponent(liftId);
  const start = (): (() => void) => {
    let timer = 0;
    let isOver = false;
    const poll = async (): Promise<void> => {
      const at = instant();
      try {
        const [one, page] = await Promise.all([
          orNull(get<Lift>(`/lifts/${id}`)),
          get<PassagePage>(`/passages?lift_id=${id}&limit=${RECENT}`),
        ]);
        if (isOver) return;
        put(lift, one);
        put(passages, page.items);
        readAt.value = at;
      } catch {
        // What was read stays; the page says how old it is.
      }
      if (!isOver) timer = setTimeout(poll, POLL_MS);
    };
    void poll();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  };
  return { lift, passages, readAt, start };
}
