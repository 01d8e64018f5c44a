/* The first page: the lifts and the alarms. */

import type { JSX } from "preact";
import { AlarmList } from "../alarms/alarm-list";
import { t } from "../i18n/text";
import { lifts, read } from "../state/lifts";
import { LiftCard } from "./lift-card";

export function WatchPage(): JSX.Element {
  return (
    <div class="columns">
      <section aria-labelledby="lifts-title">
        <h2 id="lifts-title">{t("lifts.title")}</h2>
        <div id="lifts" class="cards">
          {lifts.value.map((lift) => (
            <LiftCard key={lift.id} lift={lift} />
          ))}
          {read.value && !lifts.value.length && <p class="note">{t("lifts.none")}</p>}
        </div>
      </section>
      <AlarmList />
    </div>
  );
}
