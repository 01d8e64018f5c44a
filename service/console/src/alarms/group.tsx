/* The open bars of one lift and run that wait, as one: how many, since when, and one button. */

import type { JSX } from "preact";
import { Button } from "../components/button";
import { t } from "../i18n/text";
import { clockTime } from "../i18n/time";
import type { Waiting } from "../state/alarms";
import { mayAct } from "../state/session";
import { isUnseen } from "../state/watching";
import { Done } from "./acknowledge";
import { useAcknowledging } from "./acknowledging";
import { placeOf } from "./naming";

export function GroupNote({ waiting: { alarms } }: { waiting: Waiting }): JSX.Element {
  const first = alarms[alarms.length - 1] ?? alarms[0];
  const returned = alarms.filter(({ state }) => state === "returned").length;
  return (
    <span class="late">
      {t("alarms.group", { count: alarms.length, time: clockTime(first?.raised_at ?? ""), returned })}
    </span>
  );
}

export function AcknowledgeGroup({ waiting }: { waiting: Waiting }): JSX.Element | null {
  const { busy, failure, press } = useAcknowledging();
  const { alarms, group } = waiting;
  const newest = alarms[0];
  if (!mayAct.value || !group) return null;
  if (!alarms.some(isUnseen)) return <Done />;
  const label = t("alarms.acknowledgeGroupOf", { count: alarms.length, place: placeOf(newest) });
  return (
    <Button class="acknowledge" busy={busy} label={failure || label} onPress={() => press(alarms)}>
      {failure || t("alarms.acknowledgeGroup", { count: alarms.length })}
    </Button>
  );
}
