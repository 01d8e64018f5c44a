/* A button that opens two questions: for how long, and why; for what puts something away for a time. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../components/button";
import { Select } from "../components/choice";
import { t } from "../i18n/text";
import { failureOf } from "../state/session";

interface PutAwayProps {
  /** On the button, and on the one that does it. */
  text: string;
  /** What a screen reader says. */
  label: string;
  hours: readonly number[];
  /** What can be put away, by its code; nothing to choose if not given. */
  scopes?: Readonly<Record<string, string>>;
  onPut: (hours: number, reason: string, scope: string) => Promise<void>;
}

export function PutAway({ text, label, hours, scopes = {}, onPut }: PutAwayProps): JSX.Element {
  const open = useSignal(false);
  const busy = useSignal(false);
  const failure = useSignal("");
  const chosen = useSignal(String(hours[0]));
  const scope = useSignal(Object.keys(scopes)[0] ?? "");
  const reason = useSignal("");
  const put = async (): Promise<void> => {
    busy.value = true;
    try {
      await onPut(Number(chosen.value), reason.value, scope.value);
      open.value = false;
      failure.value = reason.value = "";
    } catch (error) {
      failure.value = failureOf(error);
    }
    busy.value = false;
  };
  const toggle = (): void => {
    open.value = !open.value;
  };
  if (!open.value) {
    return (
      <Button class="quiet put-away" label={label} onPress={toggle}>
        {text}
      </Button>
    );
  }
  return (
    <form
      class="put-away"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy.value) put();
      }}
    >
      {Object.keys(scopes).length > 0 && (
        <Select
          label={t("away.what")}
          options={Object.entries(scopes)}
          picked={scope.value}
          onPick={(picked) => {
            scope.value = picked;
          }}
        />
      )}
      <Select
        label={t("away.howLong")}
        options={hours.map((each) => [
          String(each),
          each < 1 ? t("away.minutes", { count: 60 * each }) : t("away.hours", { count: each }),
        ])}
        picked={chosen.value}
        onPick={(picked) => {
          chosen.value = picked;
        }}
      />
      <input
        type="text"
        required
        maxLength={500}
        aria-label={t("away.why")}
        placeholder={t("away.why")}
        value={reason}
        onInput={(event) => {
          reason.value = event.currentTarget.value;
        }}
      />
      <button type="submit" aria-disabled={busy.value || undefined}>
        {text}
      </button>
      <Button class="quiet" onPress={toggle}>
        {t("away.cancel")}
      </Button>
      {failure.value && (
        <p class="problem" role="alert">
          {failure}
        </p>
      )}
    </form>
  );
}
