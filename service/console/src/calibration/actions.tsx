/* What an operator can do with a proposal. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Lift, SiteCalibration } from "../api/types";
import { Button } from "../components/button";
import { isLost } from "../forms/focus";
import { type Key, t } from "../i18n/text";
import type { Tested } from "../trials/tested";
import type { Proposals } from "./proposals";

interface ActionsProps {
  lift: Lift;
  usable: readonly SiteCalibration[];
  proposals: Proposals;
  tested: Tested;
}

export function Actions({ lift, usable, proposals, tested }: ActionsProps): JSX.Element {
  const group = useRef<HTMLFieldSetElement>(null);
  const outcome = proposals.outcome.value;
  useLayoutEffect(() => {
    // A button that has gone meanwhile has taken the keyboard's focus with it: it goes to the first one.
    if (outcome && isLost()) group.current?.querySelector("button")?.focus();
  }, [outcome]);
  const shown = usable[0];
  const isUsed = usable.some((one) => one.active);
  const action = (key: Key, press: () => unknown, isQuiet = true): JSX.Element => (
    <Button
      key={key}
      class={isQuiet ? "quiet" : ""}
      busy={proposals.busy}
      label={t("calibration.actionOf", { action: t(key), lift: lift.name })}
      onPress={press}
    >
      {t(key)}
    </Button>
  );
  return (
    <fieldset ref={group} class="actions" aria-label={t("calibration.actions")}>
      {action("calibration.recalculate", proposals.recalculate)}
      {shown &&
        !shown.active &&
        !tested.trying(shown.version) &&
        action("calibration.compare", () => proposals.compare(shown.version, tested))}
      {shown &&
        !shown.active &&
        action("calibration.use", () => proposals.use(shown.version), !(shown.go && lift.armed))}
      {isUsed && action("calibration.useMasks", proposals.useMasks)}
    </fieldset>
  );
}
