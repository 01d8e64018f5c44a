/* What a part of the administration shows: read when it is opened, and again while something is being done. */

import { type Signal, useSignal } from "@preact/signals";
import { useCallback, useEffect } from "preact/hooks";
import { get } from "../api/client";
import { messageOf } from "../state/session";

export interface Reading<Found> {
  found: Signal<Found | null>;
  problem: Signal<string>;
  /** Do something, which gives what is shown from then on; say what went wrong. */
  act: (work: () => Promise<Found>) => Promise<void>;
}

/** everyMs: how soon what was found is to be read again; null: not by itself. */
export function useReading<Found>(
  path: string,
  everyMs: (found: Found | null) => number | null,
): Reading<Found> {
  const found = useSignal<Found | null>(null);
  const problem = useSignal("");
  const act = useCallback(
    async (work: () => Promise<Found>): Promise<void> => {
      try {
        found.value = await work();
        problem.value = "";
      } catch (error) {
        problem.value = messageOf(error);
      }
    },
    [found, problem],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the pace follows what was found last.
  useEffect(() => {
    let isOver = false;
    let timer = 0;
    const read = async (): Promise<void> => {
      await act(() => get<Found>(path));
      if (!isOver) timer = window.setTimeout(read, everyMs(found.value) ?? 60_000);
    };
    void read();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [path]);
  return { found, problem, act };
}
