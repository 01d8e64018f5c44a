/* A labelled line of text. */

import type { Signal } from "@preact/signals";
import type { JSX, TargetedInputEvent } from "preact";

interface FieldProps {
  id: string;
  label: string;
  value: Signal<string>;
  help?: string;
  isSecret?: boolean;
  inputMode?: "url";
  autocomplete?: string;
  readOnly?: boolean;
  onLeave?: () => void;
  onChange?: () => void;
}

export function Field({
  id,
  label,
  value,
  help,
  isSecret = false,
  onLeave,
  onChange,
  autocomplete = "off",
  ...rest
}: FieldProps): JSX.Element {
  const shared = {
    ...rest,
    id,
    name: id,
    autocomplete,
    autocapitalize: "off",
    spellcheck: false,
    "aria-describedby": help ? `${id}-help` : undefined,
    value,
    onBlur: onLeave,
    onInput: (event: TargetedInputEvent<HTMLInputElement>) => {
      value.value = event.currentTarget.value;
      onChange?.();
    },
  } as const;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {isSecret ? <input {...shared} type="password" /> : <input {...shared} type="text" />}
      {help && (
        <p id={`${id}-help`} class="note">
          {help}
        </p>
      )}
    </div>
  );
}
