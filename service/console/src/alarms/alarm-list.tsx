/* The last alarms, whatever has become of them. */

import type { JSX } from "preact";
import { t, words } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { hrefOf } from "../route/route";
import { alarms, type ShownAlarm } from "../state/alarms";
import { isUnseen, kindOf } from "../state/watching";
import { Acknowledge } from "./acknowledge";
import { Evidence } from "./evidence";
import { messageOf, placeOf } from "./naming";

const LISTED = 60;

export function AlarmList(): JSX.Element {
  const listed = alarms.value.slice(0, LISTED);
  return (
    <section aria-labelledby="alarms-title" class="log">
      <div class="heading">
        <h2 id="alarms-title">{t("alarms.title")}</h2>
        <a class="target" href={hrefOf("figures")}>
          {t("figures.open")}
        </a>
      </div>
      <ol id="alarms" class="alarms">
        {listed.length ? (
          listed.map((alarm) => <Row key={alarm.id} alarm={alarm} />)
        ) : (
          <li key="none" class="note">
            {t("alarms.none")}
          </li>
        )}
      </ol>
    </section>
  );
}

function Row({ alarm }: { alarm: ShownAlarm }): JSX.Element {
  const state = alarm.unstored ? t("alarms.unstoredShort") : words.alarmStates[alarm.state];
  return (
    <li class={`alarm ${alarm.severity}`} data-state={alarm.state} data-alarm={alarm.id}>
      <time dateTime={alarm.raised_at}>{clockTime(alarm.raised_at)}</time>
      <span class="what">
        <b>{kindOf(alarm)}</b>
        {placeOf(alarm)}
        {alarm.kind === "service_down" && <small>{messageOf(alarm)}</small>}
      </span>
      <span class="state">{alarm.late ? `${state} · ${t("alarms.lateShort")}` : state}</span>
      {isUnseen(alarm) && <Acknowledge alarm={alarm} />}
      <Evidence alarm={alarm} />
    </li>
  );
}
