/* One alarm: what it was, what shows it, why it was raised, what became of it, and what to do about it. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { ApiError, get } from "../../api/client";
import type { AlarmDetail, ListedAlarms } from "../../api/types";
import { FileButton } from "../../components/file-button";
import { Said } from "../../components/said";
import { Titled } from "../../components/titled";
import { t, words } from "../../i18n/text";
import { clockTime, secondsBetween } from "../../i18n/time";
import { hrefOf } from "../../route/route";
import { alarms } from "../../state/alarms";
import { mayAct, messageOf as problemOf } from "../../state/session";
import { isUnseen } from "../../state/watching";
import { Acknowledge } from "../acknowledge";
import { Player } from "../clip";
import { AcknowledgeGroup } from "../group";
import { headingOf, messageOf, stateOf } from "../naming";
import { Shelving } from "../shelving";
import { CarrierPart } from "./carrier-part";
import { LifePart } from "./life-part";

export function AlarmPart({ id }: { id: string }): JSX.Element {
  const [found, problem, turn] = [useSignal<AlarmDetail | null>(null), useSignal(""), useSignal(0)];
  /** The feed says when it has changed: then it is read again. */
  const seq = alarms.value.find((alarm) => alarm.id === id)?.seq;
  useEffect(() => {
    let isGone = false;
    void [seq, turn.value];
    get<AlarmDetail>(`/alarms/${encodeURIComponent(id)}`).then(
      (detail) => {
        if (isGone) return;
        found.value = detail;
        problem.value = "";
      },
      (error) => {
        if (!isGone) problem.value = whyNot(error);
      },
    );
    return () => {
      isGone = true;
    };
  }, [id, seq, turn.value, found, problem, turn]);
  const alarm = found.value;
  return (
    <article class="one-alarm" data-alarm={id} data-state={alarm?.state}>
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      {alarm && (
        <>
          <Head alarm={alarm} />
          <div class="columns">
            <div class="seen">
              {alarm.passage_id && <CarrierPart key={alarm.passage_id} alarm={alarm} />}
              {alarm.lift_id && (
                <section aria-labelledby="clip-title">
                  <Titled id="clip-title" title={t("clip.show")} help={t("help.clip")} />
                  <Player alarm={alarm} />
                </section>
              )}
            </div>
            <LifePart
              alarm={alarm}
              onChange={() => {
                turn.value += 1;
              }}
            />
          </div>
          {alarm.group && <GroupPart key={`${alarm.group} ${alarm.seq}`} group={alarm.group} own={id} />}
        </>
      )}
    </article>
  );
}

/** An address may be old, or mistyped. */
const whyNot = (error: unknown): string =>
  error instanceof ApiError && [404, 422].includes(error.status)
    ? t("room.noSuchAlarm")
    : t("page.notDone", { problem: problemOf(error) });

function Head({ alarm }: { alarm: AlarmDetail }): JSX.Element {
  const facts = [
    t("room.raised", { time: clockTime(alarm.raised_at) }),
    alarm.ended_at && t("room.ended", { time: clockTime(alarm.ended_at) }),
    alarm.late &&
      alarm.left_at &&
      t("alarms.late", {
        time: clockTime(alarm.left_at),
        seconds: secondsBetween(alarm.left_at, alarm.raised_at),
      }),
    alarm.escalation > 0 && t("room.step", { step: alarm.escalation }),
  ].filter(Boolean);
  return (
    <header class={`one-head ${alarm.severity}`}>
      <p class="priority">
        {words.priorities[alarm.priority]}
        {" · "}
        <span class="state">{stateOf(alarm)}</span>
      </p>
      <h2>{headingOf(alarm)}</h2>
      <p>
        <Said text={messageOf(alarm)} />
      </p>
      <p class="note">{facts.join(" · ")}</p>
      <div class="row">
        {isUnseen(alarm) && <Acknowledge alarm={alarm} />}
        {mayAct.value && <Shelving alarm={alarm} />}
        {mayAct.value && (
          <FileButton
            path={`/alarms/${encodeURIComponent(alarm.id)}/evidence`}
            name={`alarm-${alarm.id}.zip`}
            text={t("room.evidence")}
          />
        )}
      </div>
    </header>
  );
}

/** The other open bars of the same lift and run; what of them waits can be acknowledged here. */
function GroupPart({ group, own }: { group: string; own: string }): JSX.Element | null {
  const found = useSignal<ListedAlarms | null>(null);
  useEffect(() => {
    let isGone = false;
    get<ListedAlarms>(`/alarms?group=${encodeURIComponent(group)}&limit=100`).then(
      (page) => {
        if (!isGone) found.value = page;
      },
      () => null, // the alarm itself stands above; the feed asks for it again
    );
    return () => {
      isGone = true;
    };
  }, [group, found]);
  const [first, ...rest] = found.value?.items ?? [];
  if (!first || !rest.length) return null;
  const [newest, ...others] = [first, ...rest].filter(isUnseen);
  return (
    <section class="group" aria-labelledby="group-title">
      <Titled
        id="group-title"
        title={t(found.value?.next ? "room.groupNewest" : "room.groupOf", { count: rest.length + 1 })}
        help={t("help.group")}
      />
      <ol>
        {[first, ...rest].map((alarm) => (
          <li key={alarm.id} data-now={alarm.id === own}>
            <a class="target" href={hrefOf("alarms", alarm.id)} aria-current={alarm.id === own || undefined}>
              {clockTime(alarm.raised_at)}
            </a>
            <span>{stateOf(alarm)}</span>
          </li>
        ))}
      </ol>
      {newest && others.length > 0 && <AcknowledgeGroup waiting={{ group, alarms: [newest, ...others] }} />}
    </section>
  );
}
