/* Silence at this station, and only for a time: the sound comes back by itself. */

import { computed, signal } from "@preact/signals";
import { escalation, unseen } from "../state/alarms";
import { now } from "../state/clock";

export const SILENT_MIN = 10;
const KEPT = "alarms.silence";

/** What was silenced: until when (ms), the highest priority (1 the most) and step that waited then. */
interface Silence {
  until: number;
  priority: number;
  step: number;
}

/** Kept by this browser, so that a reload does not bring the sound back; read again, it is believed with care. */
function stored(): Silence | null {
  try {
    const { until, priority, step } = JSON.parse(localStorage.getItem(KEPT) ?? "null") ?? {};
    return [until, priority, step].every(Number.isFinite) ? { until, priority, step } : null;
  } catch {
    return null;
  }
}

const silenced = signal(stored());

const LEAST_IMPORTANT = 4;
const highest = computed(() => Math.min(LEAST_IMPORTANT, ...unseen.value.map(({ priority }) => priority)));

/** Until when this station is silent (ms); 0: it is not. A more important alarm, or a higher step, ends it at once. */
export const silentUntil = computed((): number => {
  const found = silenced.value;
  if (!found || !escalation.value) return 0;
  const leftMs = found.until - now.value;
  // A clock that was set back must not make it longer.
  const isOver = leftMs <= 0 || leftMs > SILENT_MIN * 60_000;
  if (isOver || highest.value < found.priority || escalation.value > found.step) return 0;
  return found.until;
});

export function silence(): void {
  const made = {
    until: Date.now() + SILENT_MIN * 60_000 - 1000, // a second less than is allowed: the page's clock may lag
    priority: highest.peek(),
    step: escalation.peek(),
  };
  silenced.value = made;
  localStorage.setItem(KEPT, JSON.stringify(made));
}

export function soundAgain(): void {
  silenced.value = null;
  localStorage.removeItem(KEPT);
}
