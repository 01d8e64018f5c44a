/* The form for signing in: name and password where there are people, else a token; a code where it is asked for. */

import { type Signal, useSignal } from "@preact/signals";
import type { JSX, TargetedSubmitEvent } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { address } from "../api/client";
import type { WaysIn } from "../api/types";
import { Titled } from "../components/titled";
import { useOnce } from "../forms/once";
import { t } from "../i18n/text";
import {
  isCodeNeeded,
  isSignedOut,
  messageOf,
  problem,
  type Shown,
  signInBy,
  waitingKey,
  waysIn,
} from "../state/session";
import { signedIn } from "../state/watch";
import { Line } from "./line";

export function SignIn(): JSX.Element {
  const form = useRef<HTMLFormElement>(null);
  const ways = useSignal<WaysIn | null>(null);
  const byToken = useSignal(false);
  const [token, name, password, code] = [useSignal(""), useSignal(""), useSignal(""), useSignal("")];
  const needsCode = useSignal(waitingKey.value !== null);
  useEffect(() => {
    waysIn()
      .then((found) => {
        ways.value = found;
      })
      .catch(() => null);
  }, [ways]);
  const asks = waitingKey.value ? "code" : ways.value?.passwords && !byToken.value ? "name" : "token";
  useLayoutEffect(() => {
    if (asks) form.current?.querySelector("input")?.focus();
  }, [asks]);
  useLayoutEffect(() => {
    if (needsCode.value) form.current?.querySelector<HTMLInputElement>("#code")?.focus();
  }, [needsCode.value]);

  const { once } = useOnce(); // a second press would begin a second feed
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    await once(async () => {
      problem.value = "";
      const shown = shownBy(asks, token, name, password);
      if (needsCode.value) shown.code = code.value;
      try {
        signedIn(await signInBy(shown));
      } catch (error) {
        if (isCodeNeeded(error)) {
          needsCode.value = true;
          problem.value = t("session.codeNeeded");
          return;
        }
        const wrong = needsCode.value ? "session.wrongCode" : WRONG[asks];
        problem.value = isSignedOut(error) ? t(wrong) : messageOf(error);
        form.current?.querySelector("input")?.select();
      }
    });
  };
  return (
    <section id="sign-in" class="sign-in" aria-labelledby="sign-in-title">
      <form ref={form} onSubmit={submit}>
        <Titled id="sign-in-title" title={t("session.title")} help={t("help.signIn")} />
        {asks === "token" && (
          <Line
            id="token"
            label={t("session.token")}
            value={token}
            isSecret
            autocomplete="current-password"
            help={t("session.help")}
          />
        )}
        {asks === "name" && (
          <>
            <Line id="name" label={t("session.name")} value={name} autocomplete="username" />
            <Line
              id="password"
              label={t("session.password")}
              value={password}
              isSecret
              autocomplete="current-password"
            />
          </>
        )}
        {needsCode.value && (
          <Line id="code" label={t("session.code")} value={code} autocomplete="one-time-code" />
        )}
        <button type="submit">{t("session.signIn")}</button>
        <p class="problem" role="alert">
          {problem}
        </p>
        {ways.value?.openid && (
          <a class="target" href={address("/session/openid")}>
            {t("session.openid", { name: ways.value.openid })}
          </a>
        )}
        {ways.value?.passwords && asks !== "code" && (
          <button
            type="button"
            class="quiet"
            onClick={() => {
              byToken.value = !byToken.value;
              problem.value = "";
            }}
          >
            {t(byToken.value ? "session.byName" : "session.byToken")}
          </button>
        )}
      </form>
    </section>
  );
}

const WRONG = {
  code: "session.wrongCode",
  name: "session.wrongName",
  token: "session.wrongToken",
} as const;

function shownBy(
  asks: keyof typeof WRONG,
  token: Signal<string>,
  name: Signal<string>,
  password: Signal<string>,
): Shown {
  if (asks === "name") return { name: name.value.trim(), password: password.value };
  return waitingKey.value ? { key: waitingKey.value } : { token: token.value.trim() };
}
