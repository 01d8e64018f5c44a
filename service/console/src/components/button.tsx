/* A button that keeps the keyboard's focus while its work goes on: it is called busy, never disabled. */

import type { ComponentChildren, JSX } from "preact";

interface ButtonProps {
  children: ComponentChildren;
  onPress: () => unknown;
  busy?: boolean;
  id?: string;
  class?: string;
  label?: string;
  pressed?: boolean;
}

/** busy: presses do nothing meanwhile. label: what a screen reader says. pressed: of a button that stays down. */
export function Button({
  children,
  onPress,
  busy = false,
  label,
  pressed,
  ...rest
}: ButtonProps): JSX.Element {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      aria-pressed={pressed}
      aria-disabled={busy || undefined}
      onClick={() => {
        if (!busy) onPress();
      }}
    >
      {children}
    </button>
  );
}
