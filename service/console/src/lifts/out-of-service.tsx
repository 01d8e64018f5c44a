/* Whether a lift is out of service, with who, why and until when; and how it is taken out and put back. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { PutAway } from "../alarms/put-away";
import type { Lift } from "../api/types";
import { Button } from "../components/button";
import { t, words } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { mayAct, messageOf } from "../state/session";
import { putBack, takeOut } from "../state/status";
import type { Watched } from "../state/watching";

const HOURS = [1, 4, 12, 24, 24 * 7, 24 * 30];

export function TakeOut({ lift }: { lift: Lift }): JSX.Element | null {
  if (lift.out_of_service || !mayAct.value) return null;
  return (
    <PutAway
      text={t("service.takeOut")}
      label={t("service.takeOutWhich", { name: lift.name })}
      hours={HOURS}
      scopes={words.serviceScopes}
      onPut={(hours, reason, scope) => takeOut(lift.id, hours, reason, scope)}
    />
  );
}

export function OutOfServiceNote({ lift }: { lift: Watched }): JSX.Element | null {
  const busy = useSignal(false);
  const failure = useSignal("");
  const entry = lift.out_of_service;
  if (!entry) return null;
  const press = async (): Promise<void> => {
    busy.value = true;
    await putBack(lift.id).catch((error: unknown) => {
      failure.value = messageOf(error);
    });
    busy.value = false;
  };
  return (
    <div class="out-of-service">
      <p>
        {t("service.out", {
          what: words.serviceScopes[entry.scope],
          time: clockTime(entry.until),
          by: entry.by,
          reason: entry.reason,
        })}
      </p>
      {mayAct.value && (
        <Button busy={busy} label={t("service.putBackWhich", { name: lift.name })} onPress={press}>
          {failure.value || t("service.putBack")}
        </Button>
      )}
    </div>
  );
}
