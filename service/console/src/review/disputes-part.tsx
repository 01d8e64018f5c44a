/* Carriers about which people differ: who says what, and the answer that decides. */

import type { JSX } from "preact";
import { post } from "../api/client";
import type { DisputedPassage, ReviewAnswer } from "../api/types";
import { Button } from "../components/button";
import { Picture } from "../components/picture";
import { Titled } from "../components/titled";
import { t, words } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { useList } from "../people/list";
import { ANSWERS } from "./answers";

export function DisputesPart({ liftId }: { liftId: string }): JSX.Element {
  const { items, problem, change } = useList<DisputedPassage>(
    `/lifts/${encodeURIComponent(liftId)}/reviews/disagreements`,
  );
  return (
    <section class="step disputes" aria-labelledby="disputes">
      <Titled level={3} id="disputes" title={t("review.disputes")} help={t("review.disputesHelp")} />
      <p class="problem" role="alert">
        {problem}
      </p>
      {items.value?.length === 0 && <p class="nothing">{t("review.noDisputes")}</p>}
      <ul>
        {(items.value ?? []).map((one) => (
          <Dispute
            key={one.passage.id}
            one={one}
            decide={(answer) =>
              change(() => post(`/passages/${encodeURIComponent(one.passage.id)}/review`, { answer }))
            }
          />
        ))}
      </ul>
    </section>
  );
}

interface DisputeProps {
  one: DisputedPassage;
  decide: (answer: ReviewAnswer) => Promise<void>;
}

function Dispute({ one: { passage, answers }, decide }: DisputeProps): JSX.Element {
  const time = clockTime(passage.recorded_at);
  return (
    <li data-passage={passage.id}>
      <div class="small">
        {passage.images.map(
          ({ picture }, number) =>
            picture && (
              <Picture
                key={picture}
                url={picture}
                alt={t("review.pictureOf", { number: number + 1, time })}
                size={120}
              />
            ),
        )}
      </div>
      <p>
        <strong>{time}</strong>
      </p>
      <ul class="who">
        {answers.map(({ by, answer, at }) => (
          <li key={by}>{t("review.says", { by, answer: words.reviewAnswers[answer], at: clockTime(at) })}</li>
        ))}
      </ul>
      <div class="row">
        {ANSWERS.map(({ answer }) => (
          <Button
            key={answer}
            class="quiet"
            label={t("review.decide", { answer: words.reviewAnswers[answer], time })}
            onPress={() => decide(answer)}
          >
            {words.reviewAnswers[answer]}
          </Button>
        ))}
      </div>
    </li>
  );
}
