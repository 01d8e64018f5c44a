/* Acknowledging what somebody was shown, and nothing that came after it. */

import { type ReadonlySignal, useSignal } from "@preact/signals";
import { acknowledge, acknowledgeGroup, confirmClock, type ShownAlarm } from "../state/alarms";
import { failureOf } from "../state/session";
import { isUnseen } from "../state/watching";

/** An alarm, or those of a group that were shown. Throws ApiError. */
async function acknowledgeShown(shown: readonly ShownAlarm[]): Promise<void> {
  const [first, ...rest] = shown.filter((alarm) => isUnseen(alarm) && !alarm.unstored);
  if (!first) return;
  if (rest.length && first.group) {
    await acknowledgeGroup(first.group, Math.max(...shown.map(({ seq }) => seq)));
    return;
  }
  if (isClock(first)) await confirmClock();
  await acknowledge(first);
}

/** A clock that jumped is acknowledged by saying that its time is right. */
export const isClock = ({ kind, state }: ShownAlarm): boolean =>
  kind === "clock_jumped" && state !== "returned";

interface Acknowledging {
  busy: ReadonlySignal<boolean>;
  /** Why it was not done. */
  failure: string;
  press: (shown: readonly ShownAlarm[]) => Promise<void>;
}

/** What a button needs that acknowledges. */
export function useAcknowledging(): Acknowledging {
  const [busy, failure] = [useSignal(false), useSignal("")];
  const press = async (shown: readonly ShownAlarm[]): Promise<void> => {
    busy.value = true;
    try {
      await acknowledgeShown(shown);
      failure.value = "";
    } catch (error) {
      failure.value = failureOf(error, "alarms.notAcknowledged");
    }
    busy.value = false;
  };
  return { busy, failure: failure.value, press };
}
