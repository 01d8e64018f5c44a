/* The alarms' room: what stands, in two lanes; the history; one alarm. */

import type { JSX } from "preact";
import { Places } from "../../components/places";
import { t } from "../../i18n/text";
import { hrefOf } from "../../route/route";
import { AlarmPart } from "../one/alarm-part";
import { HistoryPart } from "./history-part";
import { LanesPart } from "./lanes-part";

const HISTORY = "history";

/** part: `history`, or the id of an alarm; the lanes without it. */
export function AlarmRoom({ part }: { part: string | undefined }): JSX.Element {
  const places = [
    { text: t("room.standing"), href: hrefOf("alarms"), isNow: part === undefined },
    { text: t("room.history"), href: hrefOf("alarms", HISTORY), isNow: part === HISTORY },
    { text: t("escalation.open"), href: hrefOf("escalation") },
    { text: t("figures.open"), href: hrefOf("figures") },
  ];
  return (
    <div class="room">
      <Places of={t("alarms.title")} places={places} />
      {part === undefined ? (
        <LanesPart />
      ) : part === HISTORY ? (
        <HistoryPart />
      ) : (
        <AlarmPart key={part} id={part} />
      )}
    </div>
  );
}
