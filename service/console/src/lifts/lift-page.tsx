/* One lift's own page: its card with everything about it, where it is, and its alarms. */

import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { AlarmList } from "../alarms/alarm-list";
import { t } from "../i18n/text";
import { ageText } from "../i18n/time";
import { hrefOf } from "../route/route";
import { now, secondsSince } from "../state/clock";
import { DOUBTFUL_S } from "../state/connection";
import { followed } from "../state/lift";
import { liftOf } from "../state/lifts";
import { mayAct } from "../state/session";
import { LiftCard } from "./lift-card";
import { PlaceForm } from "./place-form";

export function LiftPage({ liftId }: { liftId: string }): JSX.Element {
  const known = useMemo(() => followed(liftId), [liftId]);
  useEffect(() => known.start(), [known]);
  const lift = known.lift.value;
  const glance = lift ?? liftOf(liftId);
  const old = useComputed(() => {
    void now.value;
    const age = secondsSince(known.readAt.value);
    return age > DOUBTFUL_S ? ageText(age) : null;
  }).value;
  return (
    <div class="columns">
      <section class="one-lift" aria-label={lift?.name ?? liftId} data-old={old === null ? undefined : ""}>
        <h2 class="hidden">{t("lifts.title")}</h2>
        <p>
          <a class="target back" href={hrefOf()}>
            ← {t("lifts.all")}
          </a>
        </p>
        {old !== null && (
          <p class="problem" role="alert">
            {t("lifts.notRead", { age: old })}
          </p>
        )}
        {lift === undefined && !glance && <p class="note">{t("lifts.reading")}</p>}
        {lift === null && <p class="note">{t("lifts.gone", { id: liftId })}</p>}
        {glance && lift !== null && (
          <LiftCard glance={glance} lift={lift ?? null} passages={known.passages.value} />
        )}
        {lift && mayAct.value && <PlaceForm lift={lift} />}
      </section>
      <AlarmList liftId={liftId} />
    </div>
  );
}
