/* Whether an alarm was right: one's own answer about its carrier, in the same store as all reviews. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { post, remove } from "../../api/client";
import type { Passage, ReviewAnswer } from "../../api/types";
import { Button } from "../../components/button";
import { Titled } from "../../components/titled";
import { t, words } from "../../i18n/text";
import { clockTime } from "../../i18n/time";
import { failureOf, mayAct } from "../../state/session";

/** Which answers make an alarm right, and which false. */
const GROUPS: readonly { right: "right" | "false" | "unsaid"; answers: readonly ReviewAnswer[] }[] = [
  { right: "right", answers: ["open", "moving"] },
  { right: "false", answers: ["closed", "empty"] },
  { right: "unsaid", answers: ["cannot_tell"] },
];

interface JudgedProps {
  passage: Passage;
  onChange: (changed: Passage) => void;
}

export function JudgedPart({ passage, onChange }: JudgedProps): JSX.Element {
  const [busy, failure] = [useSignal(false), useSignal("")];
  const path = `/passages/${encodeURIComponent(passage.id)}/review`;
  const act = async (call: Promise<Passage>): Promise<void> => {
    busy.value = true;
    try {
      onChange(await call);
      failure.value = "";
    } catch (error) {
      failure.value = failureOf(error);
    }
    busy.value = false;
  };
  const label = passage.review;
  return (
    <section class="judged" aria-labelledby="judged-title">
      <Titled id="judged-title" title={t("room.judged")} help={t("help.judged")} />
      <p class="said" role="status" data-right={label?.alarm_right ?? undefined}>
        {saidOf(passage)}
      </p>
      {mayAct.value && (
        <div class="row">
          {GROUPS.map(({ right, answers }) => (
            <fieldset key={right} class={right}>
              <legend>{words.rightOrFalse[right]}</legend>
              {answers.map((answer) => (
                <Button
                  key={answer}
                  class="quiet"
                  busy={busy}
                  pressed={label?.answer === answer}
                  label={t("room.judge", {
                    right: words.rightOrFalse[right],
                    answer: words.reviewAnswers[answer],
                  })}
                  onPress={() => act(post<Passage>(path, { answer }))}
                >
                  {words.reviewAnswers[answer]}
                </Button>
              ))}
            </fieldset>
          ))}
        </div>
      )}
      {mayAct.value && label && (
        <Button class="quiet" busy={busy} onPress={() => act(remove<Passage>(path))}>
          {t("room.takeBack")}
        </Button>
      )}
      {failure.value && (
        <p class="problem" role="alert">
          {failure}
        </p>
      )}
    </section>
  );
}

function saidOf({ review }: Passage): string {
  if (!review) return t("room.unsaid");
  const what = { by: review.by, time: clockTime(review.at) };
  if (review.disputed || review.answer === null) return t("room.disputed", what);
  const right = review.alarm_right === null ? "unsaid" : review.alarm_right ? "right" : "false";
  return t("room.saidBy", {
    ...what,
    right: words.rightOrFalse[right],
    answer: words.reviewAnswers[review.answer],
  });
}
