/* The recent carriers of a lift as a strip of marks, newest first. */

import type { JSX } from "preact";
import type { Passage } from "../api/types";
import { t, words } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { MARKS } from "./last-carrier";

export function RecentCarriers({ passages }: { passages: readonly Passage[] }): JSX.Element {
  return (
    <ol class="strip" aria-label={t("carrier.recent")}>
      {passages.map((passage) => (
        <Carrier key={passage.id} passage={passage} />
      ))}
    </ol>
  );
}

function Carrier({ passage }: { passage: Passage }): JSX.Element {
  const says = t("carrier.recentOne", {
    time: clockTime(passage.recorded_at),
    verdict: words.verdicts[passage.verdict],
    seat: words.seats[passage.seat],
  });
  return (
    <li
      data-verdict={passage.verdict}
      data-occupied={String(passage.occupied)}
      data-seat={passage.seat}
      title={says}
    >
      <span aria-hidden="true">{MARKS[passage.verdict]}</span>
      <span class="hidden">{says}</span>
    </li>
  );
}
