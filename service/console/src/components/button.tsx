/* A button that keeps the keyboard's focus while its work goes on: it is called busy, never disabled. */

import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";

/** Whether work goes on: as a signal it holds from the press that begins it, as a value from the next drawing. */
export type Busy = boolean | ReadonlySignal<boolean>;

const isBusy = (busy: Busy): boolean => (typeof busy === "boolean" ? busy : busy.value);

interface ButtonProps {
  children: ComponentChildren;
  onPress: () => unknown;
  busy?: Busy;
  off?: boolean;
  id?: string;
  class?: string;
  label?: string;
  pressed?: boolean;
  part?: string;
}

/**
 * busy: presses do nothing meanwhile. off: looks so, but onPress decides, which knows more than what was drawn last.
 * label: what a screen reader says. pressed: of a button that stays down. part: which of its row.
 */
export function Button({
  children,
  onPress,
  busy = false,
  off = false,
  label,
  pressed,
  part,
  ...rest
}: ButtonProps): JSX.Element {
  return (
    <button
      type="button"
      {...rest}
      data-part={part}
      aria-label={label}
      aria-pressed={pressed}
      aria-disabled={isBusy(busy) || off || undefined}
      onClick={() => {
        if (!isBusy(busy)) onPress();
      }}
    >
      {children}
    </button>
  );
}
