/* What the service is asked for again and again while it is shown. */

import { type Signal, useSignal } from "@preact/signals";
import { useCallback, useEffect, useRef } from "preact/hooks";
import { getTagged } from "../api/client";
import { t } from "../i18n/text";
import { messageOf, person } from "../state/session";

const EVERY_MS = 2_000;

export interface Polled<Answer> {
  /** The last answer; null before there was one. */
  found: Signal<Answer | null>;
  /** Its ETag. */
  tag: Signal<string | null>;
  problem: Signal<string>;
  /** Ask now as well. */
  read: () => Promise<void>;
}

export function usePolled<Answer>(path: string): Polled<Answer> {
  const found = useSignal<Answer | null>(null);
  const tag = useSignal<string | null>(null);
  const problem = useSignal("");
  const isLost = useSignal(false);
  const turns = useRef({ asked: 0, heard: 0 });
  const read = useCallback(async (): Promise<void> => {
    turns.current.asked += 1;
    const turn = turns.current.asked;
    /** Whether a later question has been answered before: this answer is from before what was done meanwhile. */
    const isLate = (): boolean => {
      if (turn < turns.current.heard) return true;
      turns.current.heard = turn;
      return false;
    };
    try {
      const answer = await getTagged<Answer>(path);
      if (isLate()) return;
      tag.value = answer.tag;
      found.value = answer.content;
      if (isLost.value) problem.value = "";
      isLost.value = false;
    } catch (error) {
      if (isLate()) return;
      // What was said before is no longer known to hold.
      found.value = null;
      isLost.value = true;
      problem.value = t("figures.failed", { problem: messageOf(error) });
    }
  }, [path, found, tag, problem, isLost]);
  useEffect(() => {
    let timer = 0;
    let isOver = false;
    const again = async (): Promise<void> => {
      await read();
      if (!isOver) timer = setTimeout(again, EVERY_MS);
    };
    void again();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [read]);
  return { found, tag, problem, read };
}

/** Whether the person may configure a lift: as an admin of all, or of this one. */
export function mayConfigure(liftId: string): boolean {
  const { role, lifts } = person.value ?? {};
  return (lifts ? lifts[liftId] : role) === "admin";
}
