/* The first page: every lift on one screen, those that need somebody first. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { AlarmList } from "../alarms/alarm-list";
import { Titled } from "../components/titled";
import { t } from "../i18n/text";
import { BegunSetups } from "../lifts/begun-setups";
import { hrefOf } from "../route/route";
import { named, read } from "../state/lifts";
import { mayAct } from "../state/session";
import { pace } from "../state/watch";
import { Controls } from "./controls";
import { density, filter, groups, hidden, isWaiting } from "./order";
import { TileGrid } from "./tile-grid";

const QUICK_MS = 500;

/** Read all lifts more often while they are looked at. */
export function useQuickPace(): void {
  useEffect(() => {
    const before = pace.quickMs;
    pace.quickMs = QUICK_MS;
    return () => {
      pace.quickMs = before;
    };
  }, []);
}

export function OverviewPage(): JSX.Element {
  useQuickPace();
  return (
    <>
      <section class="overview" aria-labelledby="lifts-title">
        <div class="heading">
          <Titled id="lifts-title" title={t("lifts.title")} help={t("help.lifts")} />
          <Controls />
          {mayAct.value && (
            <a class="target new" href={hrefOf("setup")}>
              {t("setup.new")}
            </a>
          )}
          <BegunSetups />
        </div>
        <Hidden />
        {read.value && !named.value.length && <p class="note">{t("lifts.none")}</p>}
        <TileGrid groups={groups} isLarge={density.value === "large"} />
        <p class="waits" role="status">
          {isWaiting.value && t("overview.waits")}
        </p>
      </section>
      <AlarmList />
    </>
  );
}

/** What the filter hides is said; of what it hides that needs somebody, loudly. */
function Hidden(): JSX.Element | null {
  const { all, needy } = hidden.value;
  if (!all) return null;
  return (
    <p class="hides" data-needy={needy > 0 ? "" : undefined} role="status">
      {needy ? t("overview.hidesNeedy", { count: needy }) : t("overview.hides", { count: all })}{" "}
      <button type="button" class="quiet" onClick={showAll}>
        {t("overview.showAll")}
      </button>
    </p>
  );
}

function showAll(): void {
  filter.value = { text: "", needy: false };
}
