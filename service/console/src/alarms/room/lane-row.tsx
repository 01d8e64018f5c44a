/* A row of a lane: of one height whatever it says, with its button always at the same place. */

import type { JSX } from "preact";
import { Button } from "../../components/button";
import { Said } from "../../components/said";
import { t } from "../../i18n/text";
import { clockTime } from "../../i18n/time";
import { hrefOf } from "../../route/route";
import type { ShownAlarm } from "../../state/alarms";
import { mayAct } from "../../state/session";
import { isUnseen, kindOf } from "../../state/watching";
import { isClock, useAcknowledging } from "../acknowledging";
import { headingOf, messageOf, placeOf, stateOf } from "../naming";
import type { LaneRow } from "./lanes";

export function LaneRowItem({ row, alarms }: LaneRow): JSX.Element {
  const alarm = alarms[0];
  const unseen = alarms.filter(isUnseen);
  const state = unseen.length ? (unseen.some(({ state }) => state === "active") ? "active" : "returned") : "";
  return (
    <li
      class={`lane-row ${alarm.severity}`}
      data-row={row.key}
      data-alarm={alarm.id}
      data-state={state || alarm.state}
    >
      <time dateTime={alarm.raised_at}>{clockTime(alarm.raised_at)}</time>
      <a class="target" href={hrefOf("alarms", alarm.id)} data-part="open">
        <b>{headingOf(alarm)}</b>
      </a>
      <p class="says" title={saysOf(alarms)}>
        <Said text={saysOf(alarms)} />
      </p>
      <AcknowledgeRow alarms={alarms} unseen={unseen} />
    </li>
  );
}

function saysOf(alarms: readonly [ShownAlarm, ...ShownAlarm[]]): string {
  const [alarm] = alarms;
  if (alarm.unstored) return t("alarms.unstored");
  if (alarms.length > 1) {
    const first = alarms[alarms.length - 1] ?? alarm;
    const returned = alarms.filter(({ state }) => state === "returned").length;
    return t("room.group", { count: alarms.length, time: clockTime(first.raised_at), returned });
  }
  const late = alarm.late ? [t("alarms.lateShort")] : [];
  const waits = alarm.escalation ? [t("room.step", { step: alarm.escalation })] : [];
  const parts = [...late, ...waits, alarm.state === "active" ? messageOf(alarm) : stateOf(alarm)];
  return parts.join(" · ");
}

interface AcknowledgeRowProps {
  alarms: readonly [ShownAlarm, ...ShownAlarm[]];
  unseen: readonly ShownAlarm[];
}

function AcknowledgeRow({ alarms, unseen }: AcknowledgeRowProps): JSX.Element | null {
  const { busy, failure, press } = useAcknowledging();
  const [alarm] = alarms;
  if (!mayAct.value || alarm.unstored) return null;
  const many = alarms.length > 1;
  const label = many
    ? t("alarms.acknowledgeGroupOf", { count: alarms.length, place: placeOf(alarm) })
    : t("alarms.acknowledgeWhich", {
        kind: kindOf(alarm),
        place: placeOf(alarm),
        time: clockTime(alarm.raised_at),
      });
  const text = many
    ? t("alarms.acknowledgeGroup", { count: alarms.length })
    : t(isClock(alarm) ? "alarms.confirmClock" : "alarms.acknowledge");
  const isDone = !unseen.length;
  if (isDone && alarm.state !== "acknowledged" && alarm.state !== "cleared") return null; // put away: it says so
  return (
    <Button
      class={isDone ? "done quiet" : "acknowledge"}
      part="acknowledge"
      busy={isDone || busy}
      label={isDone ? t("room.acknowledgedWhich", { which: headingOf(alarm) }) : failure || label}
      onPress={() => press(alarms)}
    >
      {isDone ? t("room.acknowledged") : failure || text}
    </Button>
  );
}
