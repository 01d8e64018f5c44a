/* The last alarms, whatever has become of them. */

import type { JSX } from "preact";
import { Said } from "../components/said";
import { Titled } from "../components/titled";
import { t } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { hrefOf } from "../route/route";
import { alarms, type ShownAlarm } from "../state/alarms";
import { connected } from "../state/connection";
import { mayAct } from "../state/session";
import { isUnseen, kindOf } from "../state/watching";
import { Acknowledge } from "./acknowledge";
import { Evidence } from "./evidence";
import { messageOf, placeOf, stateOf } from "./naming";
import { Shelving } from "./shelving";

const LISTED = 60;

/** liftId: those of this lift and of all lifts; without it, every lift's. */
export function AlarmList({ liftId }: { liftId?: string }): JSX.Element {
  const own = liftId === undefined ? alarms.value : alarms.value.filter(isAbout(liftId));
  const listed = own.slice(0, LISTED);
  return (
    <section aria-labelledby="alarms-title" class="log">
      <div class="heading">
        <Titled id="alarms-title" title={t("alarms.title")} help={t("help.alarms")} />
        <nav class="row" aria-label={t("alarms.title")}>
          <a class="target" href={hrefOf("alarms")}>
            {t("room.open")}
          </a>
          <a class="target" href={hrefOf("escalation")}>
            {t("escalation.open")}
          </a>
          <a class="target" href={hrefOf("figures")}>
            {t("figures.open")}
          </a>
          <a class="target" href={hrefOf("reports")}>
            {t("reports.open")}
          </a>
        </nav>
      </div>
      <ol id="alarms" class="alarms">
        {listed.length ? (
          listed.map((alarm) => <Row key={alarm.id} alarm={alarm} />)
        ) : (
          <li key="none" class="note">
            {t(connected.value ? "alarms.none" : "room.unknown")}
          </li>
        )}
      </ol>
    </section>
  );
}

const isAbout =
  (liftId: string) =>
  (alarm: ShownAlarm): boolean =>
    alarm.lift_id === null || alarm.lift_id === liftId;

function Row({ alarm }: { alarm: ShownAlarm }): JSX.Element {
  const state = alarm.unstored ? t("alarms.unstoredShort") : stateOf(alarm);
  return (
    <li class={`alarm ${alarm.severity}`} data-state={alarm.state} data-alarm={alarm.id}>
      <span class="what">
        <b>{kindOf(alarm)}</b>
        {placeOf(alarm)}
        {alarm.kind === "service_down" && (
          <small>
            <Said text={messageOf(alarm)} />
          </small>
        )}
      </span>
      <time dateTime={alarm.raised_at}>{clockTime(alarm.raised_at)}</time>
      <span class="state">{alarm.late ? `${state} · ${t("alarms.lateShort")}` : state}</span>
      {isUnseen(alarm) && <Acknowledge alarm={alarm} />}
      {mayAct.value && !alarm.unstored && <Shelving alarm={alarm} />}
      <Evidence alarm={alarm} />
    </li>
  );
}
