/* What stands, in two lanes. Nothing moves below a finger: what comes meanwhile waits behind a button. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../../components/button";
import { guardOn, holdOn } from "../../components/holding";
import { Titled } from "../../components/titled";
import { t, words } from "../../i18n/text";
import { connected } from "../../state/connection";
import { isUnseen } from "../../state/watching";
import { headingOf } from "../naming";
import { LaneRowItem } from "./lane-row";
import { byLane, held, LANES, type Lane, laneOf } from "./lanes";

/** So many rows are drawn at first, and with each press more: a thousand would make every change slow. */
const AT_ONCE = 50;

const HELP = { blind: "help.blind", open: "help.open", machine: "help.machine" } as const;

export function LanesPart(): JSX.Element {
  const lanes = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const list = lanes.current;
    if (!list) return;
    const ends = [holdOn(list, held.isHeld), guardOn(list, held.rows)];
    return () => {
      for (const end of ends) end();
    };
  }, []);
  useKeptFocus(lanes);
  return (
    <div class="standing">
      <Fresh />
      <div class="lanes" ref={lanes} data-held={held.isHeld.value}>
        {LANES.map((lane) => (
          <LaneList key={lane} lane={lane} />
        ))}
      </div>
    </div>
  );
}

/** What came while the lanes are held. Its place is always there, so that the lanes stay where they are. */
function Fresh(): JSX.Element {
  const fresh = held.fresh.value;
  const first = fresh[0];
  return (
    <div class="fresh-bar" data-lane={first && laneOf(first)}>
      {first ? (
        <Button class="fresh" onPress={() => held.refresh()}>
          {t("room.fresh", { count: fresh.length, which: headingOf(first) })}
        </Button>
      ) : (
        <p class="note">{t(connected.value ? "room.allShown" : "room.notConnected")}</p>
      )}
    </div>
  );
}

function LaneList({ lane }: { lane: Lane }): JSX.Element | null {
  const shown = useSignal(AT_ONCE);
  const rows = byLane.value[lane];
  const unseen = rows.reduce((sum, { alarms }) => sum + alarms.filter(isUnseen).length, 0);
  if (lane === "machine" && !rows.length) return null;
  const more = rows.length - shown.value;
  return (
    <section class={`lane ${lane}`} aria-labelledby={`lane-${lane}`}>
      <Titled id={`lane-${lane}`} title={words.lanes[lane]} help={t(HELP[lane])}>
        <span class="count" data-some={unseen > 0}>
          {t("room.waiting", { count: unseen })}
        </span>
      </Titled>
      <ol>
        {rows.slice(0, shown.value).map(({ row, alarms }) => (
          <LaneRowItem key={row.key} row={row} alarms={alarms} />
        ))}
        {!rows.length && (
          <li key="none" class="none">
            {/* An empty lane of a page that no alarm reaches is no good news. */}
            {t(connected.value ? "room.none" : "room.unknown")}
          </li>
        )}
      </ol>
      {more > 0 && (
        <Button
          class="quiet"
          onPress={() => {
            shown.value += AT_ONCE;
          }}
        >
          {t("room.more", { count: Math.min(more, AT_ONCE), left: more })}
        </Button>
      )}
    </section>
  );
}

/** Rows that are sorted anew keep the focus where it was. */
function useKeptFocus(lanes: { current: HTMLDivElement | null }): void {
  const focused = document.activeElement;
  const row = lanes.current?.contains(focused) ? focused?.closest<HTMLElement>("[data-row]") : null;
  const part = focused instanceof HTMLElement ? focused.dataset.part : undefined;
  // Read as well where only the rows changed: this component has to be drawn then.
  void byLane.value;
  useLayoutEffect(() => {
    if (!row || !part || document.activeElement === focused) return;
    const key = CSS.escape(row.dataset.row ?? "");
    lanes.current?.querySelector<HTMLElement>(`[data-row="${key}"] [data-part="${part}"]`)?.focus();
  });
}
