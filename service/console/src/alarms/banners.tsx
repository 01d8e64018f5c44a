/* The banners that nobody can overlook. */

import type { JSX } from "preact";
import type { Alarm } from "../api/types";
import { Picture } from "../components/picture";
import { t, words } from "../i18n/text";
import { clockTime, secondsBetween } from "../i18n/time";
import { type ShownAlarm, standing, unseen } from "../state/alarms";
import { now } from "../state/clock";
import { isArmed } from "../state/lifts";
import { isUnseen } from "../state/watching";
import { Acknowledge } from "./acknowledge";
import { ClipButton, picturesIn } from "./clip";
import { headingOf, messageOf } from "./naming";
import { SoundSwitch } from "./sound";

const MOST = 3;

export function Banners(): JSX.Element {
  const waiting = unseen.value;
  return (
    <section id="banners" aria-label={t("alarms.active")} aria-live="assertive">
      {waiting.slice(0, MOST).map((alarm) => (
        <Banner key={alarm.id} alarm={alarm} />
      ))}
      {waiting.length > MOST && (
        <p key="more" class="more">
          {t("alarms.more", { count: waiting.length - MOST })}
        </p>
      )}
      <Still key="still" />
      <SoundSwitch key="sound" />
    </section>
  );
}

/** What somebody has seen and what is not over. */
function Still(): JSX.Element | null {
  const quiet = standing.value.filter((alarm) => !isUnseen(alarm));
  if (!quiet.length) return null;
  const alarms = quiet.map((alarm) =>
    t("alarms.withState", { alarm: headingOf(alarm), state: words.alarmStates[alarm.state] }),
  );
  return <p class="still">{t("alarms.still", { alarms: alarms.join("; ") })}</p>;
}

function Banner({ alarm }: { alarm: ShownAlarm }): JSX.Element {
  return (
    <article class={`banner ${alarm.severity}`} data-alarm={alarm.id} data-kind={alarm.kind}>
      <div class="say">
        <strong>{headingOf(alarm)}</strong>
        <span>{t("alarms.says", { time: clockTime(alarm.raised_at), message: messageOf(alarm) })}</span>
        {alarm.unstored && <span class="late unstored">{t("alarms.unstored")}</span>}
        {alarm.escalation > 0 && <Escalated alarm={alarm} />}
        {alarm.state === "returned" && <span class="late">{t("alarms.returned")}</span>}
        {isProvisional(alarm) && <span class="provisional">{t("alarms.provisional")}</span>}
        {alarm.late && alarm.left_at && (
          <span class="late">
            {t("alarms.late", {
              time: clockTime(alarm.left_at),
              seconds: secondsBetween(alarm.left_at, alarm.raised_at),
            })}
          </span>
        )}
      </div>
      <div class="evidence">
        {picturesIn(alarm).map((url, i) => (
          <Picture key={url} url={url} alt={t("alarms.picture", { number: i + 1 })} />
        ))}
        <ClipButton alarm={alarm} />
      </div>
      <Acknowledge alarm={alarm} />
    </article>
  );
}

/** For how long nobody has come, and who is to come now. */
function Escalated({ alarm }: { alarm: ShownAlarm }): JSX.Element {
  const minutes = Math.max(1, Math.floor((now.value - Date.parse(alarm.raised_at)) / 60_000));
  return (
    <span class="late escalated">
      {t("escalation.waits", { minutes, step: alarm.escalation })}{" "}
      {alarm.escalated_person && t("escalation.person", { person: alarm.escalated_person })}
    </span>
  );
}

/** What an unproven lift sees is shown like any other alarm, and said to be unproven. */
const isProvisional = (alarm: Alarm): boolean =>
  alarm.kind === "bar_open" && alarm.lift_id !== null && !isArmed(alarm.lift_id);
