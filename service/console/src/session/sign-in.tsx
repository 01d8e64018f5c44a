/* The form that asks for a token. */

import { useSignal } from "@preact/signals";
import type { JSX, TargetedSubmitEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/text";
import { isSignedOut, messageOf, problem, signInByToken } from "../state/session";
import { signedIn } from "../state/watch";

export function SignIn(): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const token = useSignal("");
  useEffect(() => field.current?.focus(), []);
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    problem.value = "";
    try {
      signedIn(await signInByToken(token.value.trim()));
    } catch (error) {
      problem.value = isSignedOut(error) ? t("session.wrongToken") : messageOf(error);
      field.current?.select();
    }
  };
  return (
    <section id="sign-in" class="sign-in" aria-labelledby="sign-in-title">
      <form onSubmit={submit}>
        <h2 id="sign-in-title">{t("session.title")}</h2>
        <label for="token">{t("session.token")}</label>
        <input
          ref={field}
          id="token"
          name="token"
          type="password"
          autocomplete="current-password"
          required
          spellcheck={false}
          aria-describedby="token-help"
          value={token}
          onInput={(event) => {
            token.value = event.currentTarget.value;
          }}
        />
        <p id="token-help" class="note">
          {t("session.help")}
        </p>
        <button type="submit">{t("session.signIn")}</button>
        <p class="problem" role="alert">
          {problem}
        </p>
      </form>
    </section>
  );
}
