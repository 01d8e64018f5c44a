/* The open bars of one lift and run that wait, as one: how many, since when, and one button. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../components/button";
import { t } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { acknowledgeGroup, type Waiting } from "../state/alarms";
import { mayAct, messageOf } from "../state/session";
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
  const busy = useSignal(false);
  const failure = useSignal("");
  const { alarms, group } = waiting;
  const newest = alarms[0];
  if (!mayAct.value || !newest || !group) return null;
  const press = async (): Promise<void> => {
    busy.value = true;
    try {
      await acknowledgeGroup(group, Math.max(...alarms.map(({ seq }) => seq)));
      failure.value = "";
    } catch (error) {
      failure.value = t("alarms.notAcknowledged", { problem: messageOf(error) });
    }
    busy.value = false;
  };
  const label = t("alarms.acknowledgeGroupOf", { count: alarms.length, place: placeOf(newest) });
  return (
    <Button class="acknowledge" busy={busy.value} label={failure.value || label} onPress={press}>
      {failure.value || t("alarms.acknowledgeGroup", { count: alarms.length })}
    </Button>
  );
}
