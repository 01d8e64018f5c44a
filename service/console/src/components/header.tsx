/* The line at the top: how many lifts are watched, the time, who is signed in. */

import { computed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { address } from "../api/client";
import { number, t, words } from "../i18n/text";
import { wallClock } from "../i18n/time";
import { hrefOf } from "../route/route";
import { unseen } from "../state/alarms";
import { now } from "../state/clock";
import { connected, headline } from "../state/connection";
import { mayAct, person } from "../state/session";
import { signOut } from "../state/watch";
import { Button } from "./button";

export function Header(): JSX.Element {
  const who = person.value;
  return (
    <header class="top">
      <h1>
        <img src={address("/console/icon.svg")} alt="" width="28" height="28" /> {t("page.title")}
      </h1>
      <Headline />
      <Clock />
      <nav aria-label={t("page.session")}>
        <span id="who">{who && t("session.who", { name: who.name, role: words.roles[who.role] })}</span>
        {who && <ToAlarms />}
        <a id="reference" href={address("/docs")}>
          {t("page.api")}
        </a>
        {mayAct.value && !who?.lifts && (
          <a id="admin" href={hrefOf("admin")}>
            {t("admin.title")}
          </a>
        )}
        {who && (
          <a id="account" href={hrefOf("account")}>
            {t("people.account")}
          </a>
        )}
        {who && (
          <Button id="sign-out" class="quiet" onPress={signOut}>
            {t("session.signOut")}
          </Button>
        )}
      </nav>
    </header>
  );
}

/** What is said about everything; what is longer than its place is turned there, by finger, wheel or arrow keys. */
function Headline(): JSX.Element {
  const { state, text } = headline.value;
  const line = useRef<HTMLSpanElement>(null);
  const isCut = useSignal(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text is of another length
  useLayoutEffect(() => {
    const shown = line.current;
    if (!shown) return;
    const measure = (): void => {
      isCut.value = shown.scrollHeight > shown.clientHeight + 1;
    };
    shown.scrollTop = 0; // what is worst stands first
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(shown);
    return () => sizes.disconnect();
  }, [text]);
  return (
    <p id="link" class="pill" role="status" data-state={state}>
      <span ref={line} data-cut={isCut.value} tabIndex={isCut.value ? 0 : undefined}>
        {text}
      </span>
    </p>
  );
}

/** To the alarms, with how many nobody has acknowledged; that is not known while none arrive. */
function ToAlarms(): JSX.Element {
  const count = unseen.value.length;
  return (
    <a id="to-alarms" href={hrefOf("alarms")}>
      {t("alarms.title")}{" "}
      {connected.value ? (
        <span class="count" data-some={count > 0}>
          {number(count)} <span class="hidden">{t("alarms.unseen")}</span>
        </span>
      ) : (
        <span class="count">?</span>
      )}
    </a>
  );
}

const time = computed(() => wallClock(now.value));

function Clock(): JSX.Element {
  return (
    <p id="clock" class="clock" aria-hidden="true">
      {time}
    </p>
  );
}
