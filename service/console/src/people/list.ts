/* A list that the service keeps: read when it is shown, and again after each change. */

import { type Signal, useSignal } from "@preact/signals";
import { useCallback, useEffect } from "preact/hooks";
import { get, isUnknown, onceReached } from "../api/client";
import { type Once, useOnce } from "../forms/once";
import { messageOf } from "../state/session";

export interface Kept<Item> {
  items: Signal<readonly Item[] | null>;
  problem: Signal<string>;
  /** Do something, say what went wrong, and read the list again. */
  change: (work: () => Promise<unknown>) => Promise<void>;
  /** Read it; never throws. */
  read: () => Promise<void>;
}

export function useList<Item>(path: string): Kept<Item> {
  const items = useSignal<readonly Item[] | null>(null);
  const problem = useSignal("");
  const read = useCallback(async (): Promise<void> => {
    try {
      items.value = (await get<{ items: Item[] }>(path)).items;
    } catch (error) {
      problem.value = messageOf(error);
    }
  }, [path, items, problem]);
  useEffect(() => {
    void read();
  }, [read]);
  const change = async (work: () => Promise<unknown>): Promise<void> => {
    problem.value = "";
    try {
      await work();
    } catch (error) {
      problem.value = messageOf(error);
      if (isUnknown(error)) onceReached(read);
    }
    await read();
  };
  return { items, problem, change, read };
}

type Changes = Pick<Once, "busy"> & Pick<Kept<unknown>, "change">;

/** What is done to one entry, or by one form, one thing at a time: its buttons do nothing meanwhile, others' do. */
export function useChanges(list: Pick<Kept<unknown>, "change">): Changes {
  const { busy, once } = useOnce();
  return { busy, change: (work) => once(() => list.change(work)) };
}
