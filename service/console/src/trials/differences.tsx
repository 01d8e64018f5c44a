/* The newest carriers that a candidate judges otherwise than what judges now. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { address } from "../api/client";
import type { Candidate, Difference, Replay } from "../api/types";
import { useAnswer } from "../forms/answer";
import { t, words } from "../i18n/text";
import { clockTime } from "../i18n/time";
import type { Tested } from "./tested";

interface DifferencesProps {
  one: Candidate;
  /** Its newest replay. */
  replay: Replay | undefined;
  tested: Tested;
}

export function Differences({ one, replay, tested }: DifferencesProps): JSX.Element | null {
  const isOpen = useSignal(false);
  if (!one.all.disagreed) return null;
  return (
    <details
      class="differing"
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>{t("candidates.differing")}</summary>
      {isOpen.value && (
        <Listed
          number={one.number}
          replay={one.live.disagreed ? 0 : (replay?.number ?? 0)}
          count={one.all.disagreed}
          tested={tested}
        />
      )}
    </details>
  );
}

interface ListedProps {
  number: number;
  /** Which replay's; 0: those that were seen as carriers passed. */
  replay: number;
  /** Read again when it changes. */
  count: number;
  tested: Tested;
}

function Listed({ number, replay, count, tested }: ListedProps): JSX.Element {
  const of = `${number} ${replay} ${count}`; // which says that there are others
  const [found, problem] = useAnswer(() => tested.differences(number, replay), of, "figures.failed");
  return (
    <>
      <p class="problem" role="alert">
        {problem}
      </p>
      <ul class="disagreements">
        {found.value?.map((each) => (
          <li key={each.passage_id}>
            {each.pictures[1] ? (
              <a class="target" href={address(each.pictures[1])}>
                {clockTime(each.seen_at)}
              </a>
            ) : (
              clockTime(each.seen_at)
            )}
            {inWords(each)}
          </li>
        ))}
      </ul>
    </>
  );
}

function inWords({ verdict, candidate_verdict: other, review }: Difference): string {
  const said = { verdict: words.verdicts[verdict], candidate: words.verdicts[other] };
  return review
    ? t("candidates.differsReviewed", { ...said, review: words.verdicts[review] })
    : t("candidates.differs", said);
}
