/* The first page: the lifts and the alarms. */

import type { JSX } from "preact";
import { AlarmList } from "../alarms/alarm-list";
import { t } from "../i18n/text";
import { hrefOf } from "../route/route";
import { lifts, read } from "../state/lifts";
import { mayAct } from "../state/session";
import { BegunSetups } from "./begun-setups";
import { LiftCard } from "./lift-card";

export function WatchPage(): JSX.Element {
  return (
    <div class="columns">
      <section aria-labelledby="lifts-title">
        <div class="heading">
          <h2 id="lifts-title">{t("lifts.title")}</h2>
          {mayAct.value && (
            <a class="target new" href={hrefOf("setup")}>
              {t("setup.new")}
            </a>
          )}
        </div>
        <div id="lifts" class="cards">
          {lifts.value.map((lift) => (
            <LiftCard key={lift.id} lift={lift} />
          ))}
          <BegunSetups />
          {read.value && !lifts.value.length && <p class="note">{t("lifts.none")}</p>}
        </div>
      </section>
      <AlarmList />
    </div>
  );
}
