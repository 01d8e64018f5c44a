/* What a part of the administration shows: read when it is opened, and again while something is being done. */

import { type Signal, useSignal } from "@preact/signals";
import { useCallback, useEffect, useRef } from "preact/hooks";
import { get } from "../api/client";
import { messageOf } from "../state/session";

const USUAL_MS = 60_000;

export interface Reading<Found> {
  found: Signal<Found | null>;
  problem: Signal<string>;
  /** Do something, which gives what is shown from then on; say what went wrong. */
  act: (work: () => Promise<Found>) => Promise<void>;
}

/** everyMs: how soon what was found is to be read again, by us or by what was done; null: not by itself. */
export function useReading<Found>(
  path: string,
  everyMs: (found: Found | null) => number | null,
): Reading<Found> {
  const found = useSignal<Found | null>(null);
  const problem = useSignal("");
  const turn = useRef({ number: 0, timer: 0 }).current;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the pace follows what was found last.
  const act = useCallback(
    async (work: () => Promise<Found>): Promise<void> => {
      turn.number += 1; // what was asked for before says nothing of what is begun now
      const own = turn.number;
      clearTimeout(turn.timer);
      try {
        const answer = await work();
        if (own === turn.number) [found.value, problem.value] = [answer, ""];
      } catch (error) {
        problem.value = messageOf(error);
      }
      if (own !== turn.number) return;
      turn.timer = window.setTimeout(() => act(() => get<Found>(path)), everyMs(found.value) ?? USUAL_MS);
    },
    [path],
  );
  useEffect(() => {
    void act(() => get<Found>(path));
    return () => {
      turn.number += 1;
      clearTimeout(turn.timer);
    };
  }, [path, act, turn]);
  return { found, problem, act };
}
