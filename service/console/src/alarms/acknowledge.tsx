/* The button that acknowledges an alarm; only for those who may, and not for what is not stored. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../components/button";
import { t } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { acknowledge, confirmClock, type ShownAlarm } from "../state/alarms";
import { mayAct, messageOf } from "../state/session";
import { kindOf } from "../state/watching";
import { placeOf } from "./naming";

export function Acknowledge({ alarm }: { alarm: ShownAlarm }): JSX.Element | null {
  const busy = useSignal(false);
  const failure = useSignal("");
  if (!mayAct.value || alarm.unstored) return null;
  const press = async (): Promise<void> => {
    busy.value = true;
    try {
      if (alarm.kind === "clock_jumped") await confirmClock();
      await acknowledge(alarm);
      failure.value = "";
    } catch (error) {
      failure.value = t("alarms.notAcknowledged", { problem: messageOf(error) });
    }
    busy.value = false;
  };
  const label = t("alarms.acknowledgeWhich", {
    kind: kindOf(alarm),
    place: placeOf(alarm),
    time: clockTime(alarm.raised_at),
  });
  const clock = alarm.kind === "clock_jumped" && alarm.state !== "returned";
  return (
    <Button class="acknowledge" busy={busy.value} label={failure.value || label} onPress={press}>
      {failure.value || t(clock ? "alarms.confirmClock" : "alarms.acknowledge")}
    </Button>
  );
}
