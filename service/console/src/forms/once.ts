/* One thing at a time: what a second press would send once more does nothing meanwhile. */

import { type Signal, useSignal } from "@preact/signals";

export interface Once {
  busy: Signal<boolean>;
  /** Do it, unless something is being done; never throws what the work does not. */
  once: (work: () => Promise<unknown>) => Promise<void>;
}

export function useOnce(): Once {
  const busy = useSignal(false);
  const once = async (work: () => Promise<unknown>): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    try {
      await work();
    } finally {
      busy.value = false;
    }
  };
  return { busy, once };
}
