/* One of several, from a list that opens. */

import type { JSX } from "preact";
import { describedBy, FieldProblem } from "./field-problem";

/** A value and its words. */
export type Option = readonly [value: string, text: string];

interface ChoiceProps {
  id: string;
  label: string;
  options: readonly Option[];
  picked: string;
  onPick: (value: string) => void;
  /** Why what is picked was not taken. */
  problem?: string;
}

export function Choice({ id, label, ...rest }: ChoiceProps): JSX.Element {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <Select id={id} {...rest} />
      <FieldProblem id={id} problem={rest.problem ?? ""} />
    </div>
  );
}

type SelectProps = Omit<ChoiceProps, "id" | "label"> & Partial<Pick<ChoiceProps, "id" | "label">>;

/** The list alone; label: what a screen reader says where no label stands beside it. */
export function Select({ id = "", label, options, picked, onPick, problem = "" }: SelectProps): JSX.Element {
  return (
    <select
      id={id || undefined}
      aria-label={label}
      value={picked}
      {...describedBy(id, problem)}
      onChange={(event) => onPick(event.currentTarget.value)}
    >
      {options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
}
