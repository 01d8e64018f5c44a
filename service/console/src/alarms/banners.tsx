/* The banners that nobody can overlook. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Alarm } from "../api/types";
import { guardOn, holdOn } from "../components/holding";
import { Picture } from "../components/picture";
import { Said } from "../components/said";
import { t, words } from "../i18n/text";
import { clockTime, secondsBetween } from "../i18n/time";
import { hrefOf, route } from "../route/route";
import { type ShownAlarm, standing, unseen, type Waiting, waiting } from "../state/alarms";
import { now } from "../state/clock";
import { isArmed } from "../state/lifts";
import { flood } from "../state/status";
import { isUnseen } from "../state/watching";
import { Acknowledge } from "./acknowledge";
import { ClipButton, picturesIn } from "./clip";
import { AcknowledgeGroup, GroupNote } from "./group";
import { headingOf, messageOf } from "./naming";
import { HeldList, type Row } from "./room/held-list";
import { SoundSwitch } from "./sound";

const MOST = 3;

const held = new HeldList(
  computed(() =>
    waiting.value.map(({ alarms: [first, ...rest] }): Row => {
      return { key: first.group ?? first.id, ids: [first.id, ...rest.map(({ id }) => id)] };
    }),
  ),
);

/** An alarm that comes while somebody points at a banner moves none: it stands as a line below them meanwhile. */
const shown = computed(() =>
  held.rows.value.flatMap((row) => {
    const alarms = held.alarmsOf(row);
    return alarms ? [alarms] : [];
  }),
);

export function Banners(): JSX.Element {
  const section = useRef<HTMLElement>(null);
  const isAtLanes = route.value[0] === "alarms" && route.value.length === 1;
  useEffect(() => {
    const element = section.current;
    if (!element) return;
    const ends = [holdOn(element, held.isHeld), guardOn(element, held.rows), roomBelow(element)];
    return () => {
      for (const end of ends) end();
    };
  }, []);
  const all = isAtLanes ? [] : shown.value;
  const fresh = held.fresh.value;
  const newest = unseen.value[0];
  return (
    <section id="banners" ref={section} aria-label={t("alarms.active")} aria-live="assertive">
      {isAtLanes && newest && (
        <p key="newest" class="hidden">
          {headingOf(newest)}
        </p>
      )}
      {flood.value && (
        <p key="flood" id="flood" class="flood" role="status">
          {t("alarms.flood", { alarms: flood.value.alarms, time: clockTime(flood.value.since) })}
        </p>
      )}
      {all.slice(0, MOST).map((alarms) => (
        <Banner key={alarms[0].group ?? alarms[0].id} alarms={alarms} />
      ))}
      {all.length > MOST && (
        <p key="more" class="more">
          <a class="target" href={hrefOf("alarms")}>
            {t("alarms.more", { count: all.length - MOST })}
          </a>
        </p>
      )}
      {!isAtLanes && fresh.length > 0 && (
        <p key="fresh" class="more fresh">
          {t("room.freshList", { count: fresh.length, which: headingOf(fresh[0] as ShownAlarm) })}
        </p>
      )}
      {!isAtLanes && <Still key="still" />}
      <SoundSwitch key="sound" />
    </section>
  );
}

/** They lie over the page, so that none of it moves: there is as much room below its end, and the keyboard keeps out. */
function roomBelow(element: HTMLElement): () => void {
  const watch = new ResizeObserver(() => {
    document.documentElement.style.setProperty("--banners", `${element.offsetHeight}px`);
  });
  watch.observe(element);
  return () => {
    watch.disconnect();
    document.documentElement.style.removeProperty("--banners");
  };
}

/** What somebody has seen and what is not over. */
function Still(): JSX.Element | null {
  const quiet = standing.value.filter((alarm) => !isUnseen(alarm));
  if (!quiet.length) return null;
  const alarms = quiet.map((alarm) =>
    t("alarms.withState", { alarm: headingOf(alarm), state: words.alarmStates[alarm.state] }),
  );
  return (
    <p class="still">
      <a class="target" href={hrefOf("alarms")}>
        {t("alarms.still", { alarms: alarms.join("; ") })}
      </a>
    </p>
  );
}

function Banner({ alarms }: Pick<Waiting, "alarms">): JSX.Element {
  const alarm = alarms[0];
  const group = (alarms.length > 1 && alarm.group) || null;
  const waiting = { group, alarms };
  const longest = alarms.reduce((most, each) => (each.escalation > most.escalation ? each : most));
  return (
    <article
      class={`banner ${alarm.severity}`}
      data-alarm={alarm.id}
      data-kind={alarm.kind}
      data-group={group ?? undefined}
    >
      <div class="say">
        <strong>
          <a href={hrefOf("alarms", alarm.id)}>{headingOf(alarm)}</a>
        </strong>
        <span>
          <Said text={t("alarms.says", { time: clockTime(alarm.raised_at), message: messageOf(alarm) })} />
        </span>
        {group && <GroupNote waiting={waiting} />}
        {alarm.unstored && <span class="late unstored">{t("alarms.unstored")}</span>}
        {longest.escalation > 0 && <Escalated alarm={longest} />}
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
      {group ? <AcknowledgeGroup waiting={waiting} /> : <Acknowledge alarm={alarm} />}
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
