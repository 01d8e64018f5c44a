/* Putting an alarm away for a time and a reason, and bringing it back. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../components/button";
import { useOnce } from "../forms/once";
import { t } from "../i18n/text";
import { type ShownAlarm, shelve, unshelve } from "../state/alarms";
import { messageOf as problemOf } from "../state/session";
import { stands } from "../state/watching";
import { headingOf } from "./naming";
import { PutAway } from "./put-away";

const HOURS = [0.5, 1, 4, 12];

/** A condition that somebody has seen, or that is no danger to people, can be put away, and be brought back. */
export function Shelving({ alarm }: { alarm: ShownAlarm }): JSX.Element | null {
  const failure = useSignal("");
  const { busy, once } = useOnce();
  const which = headingOf(alarm);
  if (alarm.state === "shelved") {
    const press = (): Promise<void> =>
      once(() =>
        unshelve(alarm).catch((error: unknown) => {
          failure.value = problemOf(error);
        }),
      );
    return (
      <Button class="quiet put-away" label={t("alarms.unshelveWhich", { which })} busy={busy} onPress={press}>
        {failure.value || t("alarms.unshelve")}
      </Button>
    );
  }
  const mild = alarm.state === "active" && alarm.severity !== "critical";
  if (!(mild || alarm.state === "acknowledged") || !stands(alarm)) return null;
  return (
    <PutAway
      text={t("alarms.shelve")}
      label={t("alarms.shelveWhich", { which })}
      hours={HOURS}
      onPut={(hours, reason) => shelve(alarm, hours, reason)}
    />
  );
}
