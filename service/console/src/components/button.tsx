/* A button that keeps the keyboard's focus while its work goes on: it is called busy, never disabled. */

import type { ComponentChildren, JSX } from "preact";

interface ButtonProps {
  children: ComponentChildren;
  onPress: () => unknown;
  busy?: boolean;
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
      aria-disabled={busy || off || undefined}
      onClick={() => {
        if (!busy) onPress();
      }}
    >
      {children}
    </button>
  );
}
