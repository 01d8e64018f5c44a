/* A screen that nobody touches, read from four metres: every lift, what is worst, and whether it can be believed. */

import { computed, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { headingOf } from "../alarms/naming";
import { t } from "../i18n/text";
import { ageText, clockTime, fullClock } from "../i18n/time";
import { all } from "../overview/order";
import { useQuickPace } from "../overview/overview-page";
import { TileGrid } from "../overview/tile-grid";
import { hrefOf } from "../route/route";
import { SignIn } from "../session/sign-in";
import { waiting } from "../state/alarms";
import { now, secondsSince } from "../state/clock";
import { connected, cutOff, headline, polledAt } from "../state/connection";
import { person, signedOut } from "../state/session";
import { isEnding, keepGoing } from "./keeping";

/** Alarms that are named. */
const MOST = 2;
/** A page that has not begun to know what is so after this time will not: milliseconds. */
const PATIENCE_MS = 15_000;
/** Pixels by which everything moves, and how often: no edge burns itself into the screen. */
const SHIFT_PX = 4;
const SHIFT_MS = 60_000;

export function Wall(): JSX.Element {
  return (
    <main id="main" class="wall" data-state={headline.value.state}>
      {person.value ? <Watching /> : <Nobody />}
    </main>
  );
}

function Watching(): JSX.Element {
  useQuickPace();
  useEffect(() => keepGoing(), []);
  useEffect(() => {
    const leave = (event: KeyboardEvent): void => {
      if (event.key === "Escape") location.hash = hrefOf();
    };
    addEventListener("keydown", leave);
    return () => removeEventListener("keydown", leave);
  }, []);
  const trustedAt = useSignal(Date.now());
  useSignalEffect(() => {
    if (connected.value) trustedAt.value = now.value;
  });
  const isLost = useComputed(() => cutOff.value || now.value - trustedAt.value > PATIENCE_MS);
  const shift = useComputed(() => {
    const turn = Math.floor(now.value / SHIFT_MS);
    return `translate(${SHIFT_PX * ((turn % 3) - 1)}px, ${SHIFT_PX * ((Math.floor(turn / 3) % 3) - 1)}px)`;
  });
  return (
    <>
      {isLost.value && <Lost />}
      <div class="inside" style={{ transform: shift.value }}>
        <header>
          <h1 data-state={headline.value.state}>
            <span id="link" role="status">
              {headline.value.text}
            </span>
          </h1>
          <Clock />
        </header>
        <Worst />
        <TileGrid groups={all} isQuiet />
        {isEnding.value && <p class="note">{t("wall.ends")}</p>}
      </div>
    </>
  );
}

/** It goes on as long as the page does: a screen that hangs shows an old time. */
const time = computed(() => fullClock(now.value));

function Clock(): JSX.Element {
  return <p class="clock">{time}</p>;
}

/** What waits for somebody, the worst first. */
function Worst(): JSX.Element {
  const named = waiting.value.slice(0, MOST);
  const more = waiting.value.length - named.length;
  return (
    <section class="worst" aria-live="assertive">
      {named.map(({ alarms: [alarm] }) => (
        <p key={alarm.id} class={alarm.severity}>
          <strong>{headingOf(alarm)}</strong> {t("wall.since", { time: clockTime(alarm.raised_at) })}
        </p>
      ))}
      {more > 0 && <p>{t("wall.waits", { count: more })}</p>}
    </section>
  );
}

const lastWord = computed(() => {
  void now.value;
  return polledAt.value && ageText(secondsSince(polledAt.value));
});

/** No alarm arrives: nothing else may be read from this screen. */
function Lost(): JSX.Element {
  return (
    <div class="lost" role="alert">
      <strong>{t("wall.lost")}</strong>
      <span>{lastWord.value === null ? t("wall.never") : t("wall.lostAbout", { age: lastWord.value })}</span>
    </div>
  );
}

function Nobody(): JSX.Element {
  const asks = signedOut.value === "unknown" || signedOut.value === "ended";
  return (
    <div class="lost" role="alert">
      <strong>{t("wall.lost")}</strong>
      <span>{headline.value.text}</span>
      {asks && <SignIn />}
    </div>
  );
}
