/* What is worked out from what changes all the time, and mostly says the same. */

import { computed, type ReadonlySignal, type Signal } from "@preact/signals";

/** The same object until it says something else: whoever reads it is drawn again only then. JSON must hold it. */
export function steady<Value>(compute: () => Value): ReadonlySignal<Value> {
  let last: { value: Value; text: string } | null = null;
  return computed(() => {
    const value = compute();
    const text = JSON.stringify(value);
    if (last?.text !== text) last = { value, text };
    return last.value;
  });
}

/** Let a signal say what was read, unless it says so already. */
export function put<Value>(signal: Signal<Value>, value: Value): void {
  if (JSON.stringify(signal.peek()) !== JSON.stringify(value)) signal.value = value;
}
