/* Asks who somebody is before something dangerous is done; the call is then made again. */

import { signal, useSignal } from "@preact/signals";
import type { JSX, TargetedSubmitEvent } from "preact";
import { proof } from "../api/client";
import { Button } from "../components/button";
import { useModal } from "../forms/focus";
import { useOnce } from "../forms/once";
import { t } from "../i18n/text";
import { isCodeNeeded, isSignedOut, messageOf, person, prove } from "../state/session";
import { Line } from "./line";

const waiting = signal<((isShown: boolean) => void)[]>([]);

proof.ask = () =>
  new Promise((resolve) => {
    waiting.value = [...waiting.value, resolve];
  });

function answer(isShown: boolean): void {
  const all = waiting.value;
  waiting.value = [];
  for (const resolve of all) resolve(isShown);
}

export function ProofDialog(): JSX.Element | null {
  return waiting.value.length > 0 && person.value ? <Asked isPerson={Boolean(person.value.user_id)} /> : null;
}

function Asked({ isPerson }: { isPerson: boolean }): JSX.Element {
  const dialog = useModal();
  const [secret, code, wrong] = [useSignal(""), useSignal(""), useSignal("")];
  const { once } = useOnce();
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    await once(async () => {
      const shown = {
        ...(isPerson && secret.value ? { password: secret.value } : {}),
        ...(isPerson ? {} : { token: secret.value.trim() }),
        ...(code.value ? { code: code.value } : {}),
      };
      try {
        await prove(shown);
        answer(true);
      } catch (error) {
        const isWrong = isSignedOut(error) && !isCodeNeeded(error);
        wrong.value = isWrong ? t(isPerson ? "session.wrongName" : "session.wrongToken") : messageOf(error);
      }
    });
  };
  return (
    <dialog
      ref={dialog}
      id="proof"
      class="sign-in"
      aria-labelledby="proof-title"
      onClose={() => dialog.current && answer(false)}
    >
      <form onSubmit={submit}>
        <h2 id="proof-title">{t("prove.title")}</h2>
        <Line
          id="proof-secret"
          label={t(isPerson ? "prove.password" : "prove.token")}
          value={secret}
          isSecret
          isOptional={isPerson}
          autocomplete="current-password"
          {...(isPerson ? {} : { help: t("prove.tokenHelp") })}
        />
        {isPerson && (
          <Line
            id="proof-code"
            label={t("prove.code")}
            value={code}
            isOptional
            autocomplete="one-time-code"
          />
        )}
        <button type="submit">{t("prove.go")}</button>
        <Button class="quiet" onPress={() => answer(false)}>
          {t("people.cancel")}
        </Button>
        <p class="problem" role="alert">
          {wrong}
        </p>
      </form>
    </dialog>
  );
}
