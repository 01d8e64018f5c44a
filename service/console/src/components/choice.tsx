/* One of several, from a list that opens. */

import type { JSX } from "preact";

/** A value and its words. */
export type Option = readonly [value: string, text: string];

interface ChoiceProps {
  id: string;
  label: string;
  options: readonly Option[];
  picked: string;
  onPick: (value: string) => void;
}

export function Choice({ id, label, ...rest }: ChoiceProps): JSX.Element {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <Select id={id} {...rest} />
    </div>
  );
}

type SelectProps = Omit<ChoiceProps, "id" | "label"> & { id?: string; label?: string };

/** The list alone; label: what a screen reader says where no label stands beside it. */
export function Select({ id, label, options, picked, onPick }: SelectProps): JSX.Element {
  return (
    <select id={id} aria-label={label} value={picked} onChange={(event) => onPick(event.currentTarget.value)}>
      {options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
}
