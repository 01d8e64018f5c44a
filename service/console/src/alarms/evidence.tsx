/* What belongs to an alarm in the list: its three pictures and its clip, shown on demand. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { AlarmKind } from "../api/types";
import { Button } from "../components/button";
import { Picture } from "../components/picture";
import { t } from "../i18n/text";
import { clockTime } from "../i18n/time";
import type { ShownAlarm } from "../state/alarms";
import { kindOf } from "../state/watching";
import { Player, picturesIn } from "./clip";
import { placeOf } from "./naming";

const SEEN: readonly AlarmKind[] = [
  "bar_open",
  "camera_lost",
  "camera_frozen",
  "view_changed",
  "low_visibility",
];

export function Evidence({ alarm }: { alarm: ShownAlarm }): JSX.Element | null {
  const open = useSignal(false);
  if (alarm.unstored || !SEEN.includes(alarm.kind)) return null;
  const label = t("clip.evidenceOf", {
    kind: kindOf(alarm),
    place: placeOf(alarm),
    time: clockTime(alarm.raised_at),
  });
  return (
    <div class="proof">
      <Button
        class="quiet"
        label={label}
        pressed={open.value}
        onPress={() => {
          open.value = !open.value;
        }}
      >
        {t("clip.evidence")}
      </Button>
      {open.value && (
        <div class="shown">
          {picturesIn(alarm).map((url, i) => (
            <Picture key={url} url={url} alt={t("alarms.picture", { number: i + 1 })} size={120} />
          ))}
          <Player alarm={alarm} />
        </div>
      )}
    </div>
  );
}
