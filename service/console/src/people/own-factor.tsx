/* One's own second factor: an authenticator app reads a picture and shows a code of it. */

import { useSignal } from "@preact/signals";
import type { JSX, TargetedSubmitEvent } from "preact";
import { get, put, remove } from "../api/client";
import type { Factor, Recovery } from "../api/types";
import { Button } from "../components/button";
import { Titled } from "../components/titled";
import { useOnce } from "../forms/once";
import { t } from "../i18n/text";
import { Line } from "../session/line";
import { messageOf } from "../state/session";

export function OwnFactor(): JSX.Element {
  const offered = useSignal<Factor | null>(null);
  const codes = useSignal<readonly string[]>([]);
  const [code, said, wrong] = [useSignal(""), useSignal(""), useSignal("")];
  const { once } = useOnce();
  const attempt = (work: () => Promise<void>): Promise<void> =>
    once(async () => {
      said.value = wrong.value = "";
      try {
        await work();
      } catch (error) {
        wrong.value = messageOf(error);
      }
    });
  const prepare = (): Promise<void> =>
    attempt(async () => {
      codes.value = [];
      offered.value = await get<Factor>("/session/second-factor");
    });
  const drop = (): Promise<void> =>
    attempt(async () => {
      await remove("/session/second-factor");
      codes.value = [];
      said.value = t("people.factorDropped");
    });
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void attempt(async () => {
      const secret = offered.value?.secret;
      codes.value = (await put<Recovery>("/session/second-factor", { secret, code: code.value })).codes;
      offered.value = null;
      code.value = "";
    });
  };
  return (
    <form class="step" onSubmit={submit} aria-labelledby="own-factor">
      <Titled level={3} id="own-factor" title={t("people.factor")} help={t("people.factorHelp")} />
      {offered.value ? (
        <>
          <img class="qr" src={offered.value.picture} alt={t("people.factorPicture")} />
          <p>{t("people.factorScan", { secret: offered.value.secret })}</p>
          <Line id="factor-code" label={t("people.factorCode")} value={code} autocomplete="one-time-code" />
          <div class="row">
            <button type="submit">{t("people.factorUse")}</button>
          </div>
        </>
      ) : (
        <div class="row">
          <Button onPress={prepare}>{t("people.factorPrepare")}</Button>
          <Button class="quiet" onPress={drop}>
            {t("people.factorDrop")}
          </Button>
        </div>
      )}
      {codes.value.length > 0 && (
        <>
          <p role="status">{t("people.recovery")}</p>
          <pre class="secret">{codes.value.join("\n")}</pre>
        </>
      )}
      <p role="status">{said}</p>
      <p class="problem" role="alert">
        {wrong}
      </p>
    </form>
  );
}
