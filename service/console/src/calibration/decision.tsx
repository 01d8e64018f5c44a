/* GO or NO-GO, and what it was found from. */

import type { JSX } from "preact";
import type { Lift, Seats, SiteCalibration } from "../api/types";
import { percent, t } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { whyNotArmed } from "../state/watching";

/** What was decided, and what it follows from. */
const SAID = {
  go: ["calibration.go", "calibration.goSo"],
  noGo: ["calibration.noGo", "calibration.noGoSo"],
  notArmed: ["calibration.notArmed", "calibration.notArmedSo"],
} as const;
type Decided = keyof typeof SAID;

/** Only armed lifts get GO: swapped masks and another lift's masks may separate the clusters as well. */
export function decide(lift: Lift, found: SiteCalibration): Decided {
  if (lift.armed) return found.go ? "go" : "noGo";
  const isSeparate = found.go || lift.not_armed?.reason !== "passages_do_not_part";
  return isSeparate ? "notArmed" : "noGo";
}

export const wordOf = (decided: Decided): string => t(SAID[decided][0]);

export function Decision({ lift, found }: { lift: Lift; found: SiteCalibration }): JSX.Element {
  const decided = decide(lift, found);
  const why = whyNotArmed(lift)?.long ?? t("lifts.notArmed");
  const overlap =
    found.overlap < 0.0005 ? t("calibration.lessThan", { share: 0.001 }) : percent(found.overlap, 1);
  return (
    <p class="decision" data-go={String(decided === "go")}>
      <strong>{wordOf(decided)}</strong>
      {t(SAID[decided][1], { overlap, why })}
    </p>
  );
}

export function Origin({ found }: { found: SiteCalibration }): JSX.Element {
  const reviewed = found.reviewed
    ? t("calibration.reviewed", { reviewed: found.reviewed })
    : t("calibration.reviewedNone");
  const parts = [
    t("calibration.origin", { time: clockTime(found.created_at), carriers: found.margins.length, reviewed }),
    t("calibration.openShare", { share: found.open_share }),
    found.prototypes ? t("calibration.prototypes") : t("calibration.noPrototypes"),
  ];
  if (found.adapter) parts.push(t("calibration.adapter"));
  if (found.seats) parts.push(seatsInWords(found.seats));
  return <p class="origin">{parts.join(" · ")}</p>;
}

/** What it learnt about its seat: how often it was taken, and which way its log odds are shifted. */
function seatsInWords({ occupied_share: share, threshold }: Seats): string {
  const taken = t("calibration.taken", { share });
  if (Math.abs(threshold) < 0.1) return taken;
  return t(threshold > 0 ? "calibration.seatMore" : "calibration.seatLess", { taken });
}
