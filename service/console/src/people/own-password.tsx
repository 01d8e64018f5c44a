/* One's own password. */

import { useSignal } from "@preact/signals";
import type { JSX, TargetedSubmitEvent } from "preact";
import { put } from "../api/client";
import { Titled } from "../components/titled";
import { useOnce } from "../forms/once";
import { t } from "../i18n/text";
import { Line } from "../session/line";
import { messageOf } from "../state/session";

export function OwnPassword(): JSX.Element {
  const { busy, once } = useOnce();
  const [password, said, wrong] = [useSignal(""), useSignal(""), useSignal("")];
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    await once(async () => {
      said.value = wrong.value = "";
      try {
        await put("/session/password", { password: password.value });
        password.value = "";
        said.value = t("people.passwordSet");
      } catch (error) {
        wrong.value = messageOf(error);
      }
    });
  };
  return (
    <form class="step" onSubmit={submit} aria-labelledby="own-password">
      <Titled level={3} id="own-password" title={t("people.password")} help={t("help.password")} />
      <Line
        id="new-password"
        label={t("people.newPassword")}
        value={password}
        isSecret
        autocomplete="new-password"
        help={t("people.passwordHelp")}
      />
      <div class="row">
        <button type="submit" aria-disabled={busy.value || undefined}>
          {t("people.setPassword")}
        </button>
      </div>
      <p role="status">{said}</p>
      <p class="problem" role="alert">
        {wrong}
      </p>
    </form>
  );
}
