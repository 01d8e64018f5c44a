/* A button for what throws a person's work away: it says so first, and acts when it is pressed again. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { t } from "../i18n/text";
import { type Busy, Button } from "./button";

interface DiscardingProps {
  children: ComponentChildren;
  onPress: () => unknown;
  /** How many picked carriers would be lost; with none it is a button like any other. */
  picks: number;
  busy?: Busy;
  class?: string;
}

export function DiscardingButton({ children, onPress, picks, ...rest }: DiscardingProps): JSX.Element {
  const asking = useSignal(false);
  if (!picks || !asking.value) {
    return (
      <Button {...rest} onPress={picks ? () => (asking.value = true) : onPress}>
        {children}
      </Button>
    );
  }
  return (
    <>
      <p class="problem" role="alert">
        {t("pick.discards", { count: picks })}
      </p>
      <Button
        {...rest}
        onPress={() => {
          asking.value = false;
          onPress();
        }}
      >
        {t("pick.discard")}
      </Button>
      <Button
        class="quiet"
        onPress={() => {
          asking.value = false;
        }}
      >
        {t("pick.keep")}
      </Button>
    </>
  );
}
