/* The button that acknowledges an alarm; only for those who may, and not for what is not stored. */

import type { JSX } from "preact";
import { Button } from "../components/button";
import { t } from "../i18n/text";
import { clockTime } from "../i18n/time";
import type { ShownAlarm } from "../state/alarms";
import { mayAct } from "../state/session";
import { isUnseen, kindOf } from "../state/watching";
import { isClock, useAcknowledging } from "./acknowledging";
import { placeOf } from "./naming";

export function Acknowledge({ alarm }: { alarm: ShownAlarm }): JSX.Element | null {
  const { busy, failure, press } = useAcknowledging();
  if (!mayAct.value || alarm.unstored) return null;
  if (!isUnseen(alarm)) return <Done />; // it stays where it is while somebody points at it
  const label = t("alarms.acknowledgeWhich", {
    kind: kindOf(alarm),
    place: placeOf(alarm),
    time: clockTime(alarm.raised_at),
  });
  return (
    <Button class="acknowledge" busy={busy} label={failure || label} onPress={() => press([alarm])}>
      {failure || t(isClock(alarm) ? "alarms.confirmClock" : "alarms.acknowledge")}
    </Button>
  );
}

/** In the place of a button whose work is done, so that nothing else comes under the finger. */
export function Done(): JSX.Element {
  return (
    <Button class="acknowledge done" busy={true} onPress={() => null}>
      {t("room.acknowledged")}
    </Button>
  );
}
