/* A lift's site calibration: the newest proposal, GO or NO-GO, and whether the lift is judged by it. */

import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { Lift, SiteCalibration } from "../api/types";
import { t } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { mayAct } from "../state/session";
import type { Tested } from "../trials/tested";
import { Actions } from "./actions";
import { Clusters, hundredths } from "./clusters";
import { Decision, decide, Origin, wordOf } from "./decision";
import { Proposals } from "./proposals";

interface PanelProps {
  lift: Lift;
  /** Of the newest passage; null if there is none. */
  model: string | null;
  /** Where it is compared with what judges. */
  tested: Tested;
}

export function CalibrationPanel({ lift, model, tested }: PanelProps): JSX.Element | null {
  const proposals = useMemo(() => new Proposals(lift.id), [lift.id]);
  useEffect(() => proposals.follow(lift), [proposals, lift]);
  if (proposals.items.value === null) return null;
  const usable = proposals.usable(lift, model);
  const shown = usable[0];
  return (
    <details class="own">
      <summary>
        <span>{t("calibration.title")}</span>
        <span class="short">{shown ? inShort(lift, shown) : t("calibration.nothing")}</span>
      </summary>
      <p class="note about">{t("help.own")}</p>
      {shown && (
        <>
          <Decision lift={lift} found={shown} />
          <Clusters key={shown.version} margins={shown.margins} threshold={shown.threshold} />
          <Origin found={shown} />
        </>
      )}
      <p class="use">
        {inUse(
          lift,
          shown,
          usable.find((one) => one.active),
        )}
      </p>
      {shown && tested.trying(shown.version) && <p class="shadow">{t("calibration.compared")}</p>}
      {lift.mask_version && mayAct.value && (
        <Actions lift={lift} usable={usable} proposals={proposals} tested={tested} />
      )}
      <p class="outcome" role="status">
        {proposals.outcome}
      </p>
    </details>
  );
}

function inShort(lift: Lift, found: SiteCalibration): string {
  const use = found.active ? t("calibration.inUseShort") : t("calibration.notInUseShort");
  return t("calibration.short", { word: wordOf(decide(lift, found)), use });
}

function inUse(lift: Lift, shown: SiteCalibration | undefined, active: SiteCalibration | undefined): string {
  if (!lift.mask_version) return t("calibration.noMasks");
  if (!shown) return t("calibration.noProposal");
  if (shown.active) return t("calibration.inUse");
  if (!active) return t("calibration.masksAlone");
  return t("calibration.earlier", {
    threshold: hundredths(active.threshold),
    time: clockTime(active.created_at),
  });
}
