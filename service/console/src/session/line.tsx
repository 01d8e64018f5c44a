/* A labelled line of a form that must be filled in. */

import type { JSX, TargetedInputEvent } from "preact";
import { describedBy, FieldProblem } from "../components/field-problem";

/** What stands in a line: a signal, or what puts what is typed where it belongs. It is there before the next key. */
export interface Typing {
  value: string;
}

interface LineProps {
  id: string;
  label: string;
  value: Typing;
  isSecret?: boolean;
  isOptional?: boolean;
  isDay?: boolean;
  isNumber?: boolean;
  autocomplete?: string;
  help?: string;
  /** Why what stands there was not taken. */
  problem?: string;
}

export function Line({
  id,
  label,
  value,
  help,
  isSecret = false,
  isOptional = false,
  isDay = false,
  isNumber = false,
  problem = "",
  autocomplete = "off",
}: LineProps): JSX.Element {
  const shared = {
    id,
    name: id,
    autocomplete,
    required: !isOptional,
    autocapitalize: "off",
    spellcheck: false,
    inputMode: isNumber ? "decimal" : undefined,
    ...describedBy(id, problem, help),
    value: value.value,
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
      <FieldProblem id={id} problem={problem} />
      {help && (
        <p id={`${id}-help`} class="note">
          {help}
        </p>
      )}
    </div>
  );
}
