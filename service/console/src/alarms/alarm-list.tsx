/* The last alarms, whatever has become of them. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../components/button";
import { t } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { hrefOf } from "../route/route";
import { alarms, type ShownAlarm, shelve, unshelve } from "../state/alarms";
import { mayAct, messageOf as problemOf } from "../state/session";
import { isUnseen, kindOf, stands } from "../state/watching";
import { Acknowledge } from "./acknowledge";
import { Evidence } from "./evidence";
import { headingOf, messageOf, placeOf, stateOf } from "./naming";
import { PutAway } from "./put-away";

const LISTED = 60;

/** liftId: those of this lift and of all lifts; without it, every lift's. */
export function AlarmList({ liftId }: { liftId?: string }): JSX.Element {
  const own = liftId === undefined ? alarms.value : alarms.value.filter(isAbout(liftId));
  const listed = own.slice(0, LISTED);
  return (
    <section aria-labelledby="alarms-title" class="log">
      <div class="heading">
        <h2 id="alarms-title">{t("alarms.title")}</h2>
        <nav class="row" aria-label={t("alarms.title")}>
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
            {t("alarms.none")}
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
      <time dateTime={alarm.raised_at}>{clockTime(alarm.raised_at)}</time>
      <span class="what">
        <b>{kindOf(alarm)}</b>
        {placeOf(alarm)}
        {alarm.kind === "service_down" && <small>{messageOf(alarm)}</small>}
      </span>
      <span class="state">{alarm.late ? `${state} · ${t("alarms.lateShort")}` : state}</span>
      {isUnseen(alarm) && <Acknowledge alarm={alarm} />}
      {mayAct.value && !alarm.unstored && <Shelving alarm={alarm} />}
      <Evidence alarm={alarm} />
    </li>
  );
}

const HOURS = [0.5, 1, 4, 12];

/** A condition that somebody has seen, or that is no danger to people, can be put away, and be brought back. */
function Shelving({ alarm }: { alarm: ShownAlarm }): JSX.Element | null {
  const failure = useSignal("");
  const which = headingOf(alarm);
  if (alarm.state === "shelved") {
    const press = async (): Promise<void> => {
      await unshelve(alarm).catch((error: unknown) => {
        failure.value = problemOf(error);
      });
    };
    return (
      <Button class="quiet put-away" label={t("alarms.unshelveWhich", { which })} onPress={press}>
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
