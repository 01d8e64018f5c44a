/* The alarms' room: what stands, in two lanes; the history; one alarm. */

import type { JSX } from "preact";
import { t } from "../../i18n/text";
import { hrefOf } from "../../route/route";
import { AlarmPart } from "../one/alarm-part";
import { HistoryPart } from "./history-part";
import { LanesPart } from "./lanes-part";

const HISTORY = "history";

/** part: `history`, or the id of an alarm; the lanes without it. */
export function AlarmRoom({ part }: { part: string | undefined }): JSX.Element {
  const places = [
    [t("room.standing"), hrefOf("alarms"), part === undefined],
    [t("room.history"), hrefOf("alarms", HISTORY), part === HISTORY],
    [t("escalation.open"), hrefOf("escalation"), false],
    [t("figures.open"), hrefOf("figures"), false],
    [t("page.back"), hrefOf(), false],
  ] as const;
  return (
    <div class="room">
      <nav class="steps" aria-label={t("alarms.title")}>
        <ol>
          {places.map(([text, href, isNow]) => (
            <li key={href} data-now={isNow}>
              <a href={href} aria-current={isNow ? "page" : undefined}>
                {text}
              </a>
            </li>
          ))}
        </ol>
      </nav>
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
