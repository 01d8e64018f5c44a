/* A labelled line of a form that must be filled in. */

import type { Signal } from "@preact/signals";
import type { JSX, TargetedInputEvent } from "preact";

interface LineProps {
  id: string;
  label: string;
  value: Signal<string>;
  isSecret?: boolean;
  isOptional?: boolean;
  isDay?: boolean;
  autocomplete?: string;
  help?: string;
}

export function Line({
  id,
  label,
  value,
  help,
  isSecret = false,
  isOptional = false,
  isDay = false,
  autocomplete = "off",
}: LineProps): JSX.Element {
  const shared = {
    id,
    name: id,
    autocomplete,
    required: !isOptional,
    autocapitalize: "off",
    spellcheck: false,
    "aria-describedby": help ? `${id}-help` : undefined,
    value,
    onInput: (event: TargetedInputEvent<HTMLInputElement>) => {
      value.value = event.currentTarget.value;
    },
  } as const;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {isSecret && <input {...shared} type="password" />}
      {isDay && <input {...shared} type="date" />}
      {!isSecret && !isDay && <input {...shared} type="text" />}
      {help && (
        <p id={`${id}-help`} class="note">
          {help}
        </p>
      )}
    </div>
  );
}
