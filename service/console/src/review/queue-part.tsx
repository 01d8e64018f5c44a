/* One carrier at a time: three pictures, five answers, by key or by finger. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { ReviewAnswer, ReviewTask } from "../api/types";
import { Button } from "../components/button";
import { Titled } from "../components/titled";
import { t, words } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { isShortcut } from "../preferences/keys";
import { ANSWERS, KEYS } from "./answers";
import { Reviewing } from "./queue";

const PLACES = ["review.begin", "review.middle", "review.end"] as const;

export function QueuePart({ liftId }: { liftId: string }): JSX.Element {
  const reviewing = useMemo(() => new Reviewing(liftId), [liftId]);
  const seen = useSignal("");
  useEffect(() => {
    void reviewing.read();
  }, [reviewing]);
  const task = reviewing.current.value;
  const { done, all } = reviewing.progress.value;
  const newest = reviewing.given.value.at(-1);
  const isSeen = task !== undefined && seen.value === task.passage_id;
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      // A key that is held down is no answer to the carriers that follow.
      if (!isShortcut(event)) return;
      const key = event.key.toLowerCase();
      const answer = KEYS[key];
      // As it is now: this listener may be older than what is shown.
      if (answer && reviewing.current.value?.passage_id === seen.value) reviewing.answer(answer);
      else if (key === "u" || key === "backspace") reviewing.undo();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [reviewing, seen]);
  return (
    <section class="step reviewing" aria-labelledby="reviewing">
      <header>
        <Titled level={3} id="reviewing" title={t("review.question")} help={t("help.question")} />
        <p class="count">{t("review.progress", { done, all: Math.max(all, done) })}</p>
      </header>
      <progress value={done} max={Math.max(all, done, 1)} aria-label={t("review.progressLabel")} />
      {task ? (
        <Carrier
          key={task.passage_id}
          task={task}
          onSeen={() => {
            seen.value = task.passage_id;
          }}
        />
      ) : (
        <p class="nothing">{reviewing.counts.value ? t("review.nothing") : t("review.reading")}</p>
      )}
      <div class="answers">
        {ANSWERS.map(({ answer, key }) => (
          <Button
            key={answer}
            class={`answer ${answer}`}
            busy={!isSeen}
            onPress={() => reviewing.answer(answer)}
          >
            <span>{words.reviewAnswers[answer]}</span>
            <kbd>{key.toUpperCase()}</kbd>
          </Button>
        ))}
      </div>
      <div class="row">
        <Button class="quiet undo" off={!newest} onPress={reviewing.undo}>
          {t("review.undo")} <kbd>U</kbd>
        </Button>
        <p role="status" class="note">
          {newest && saidOf(newest.answer, newest.task)}
        </p>
        <p class="problem" role="alert">
          {reviewing.problem.value && t("review.failed", { problem: reviewing.problem.value })}
        </p>
      </div>
      <Preloaded tasks={reviewing.next.value} />
      <details class="counts-as">
        <summary>{t("review.whatCounts")}</summary>
        <dl>
          {ANSWERS.map(({ answer }) => (
            <div key={answer}>
              <dt>{words.reviewAnswers[answer]}</dt>
              <dd>{words.reviewMeanings[answer]}</dd>
            </div>
          ))}
        </dl>
        <p class="note">{t("review.keys")}</p>
      </details>
    </section>
  );
}

const saidOf = (answer: ReviewAnswer, task: ReviewTask): string =>
  t("review.said", { answer: words.reviewAnswers[answer], time: clockTime(task.recorded_at) });

/** onSeen: once every picture is there, or cannot be had: nobody answers what they have not seen. */
function Carrier({ task, onSeen }: { task: ReviewTask; onSeen: () => void }): JSX.Element {
  const left = useRef(task.pictures.filter((picture) => picture !== null).length);
  useEffect(() => {
    if (left.current === 0) onSeen();
  }, [onSeen]);
  const settled = (): void => {
    left.current -= 1;
    if (left.current === 0) onSeen();
  };
  return (
    <figure class="triple" data-passage={task.passage_id}>
      {PLACES.map((place, number) => {
        const url = task.pictures[number];
        const label = t(place);
        return (
          <div key={place} class="moment">
            {url ? (
              <img src={url} alt={label} width="200" height="200" onLoad={settled} onError={settled} />
            ) : (
              <p class="gone">{t("review.noPicture")}</p>
            )}
            <span aria-hidden="true">{label}</span>
          </div>
        );
      })}
      <figcaption>{clockTime(task.recorded_at)}</figcaption>
    </figure>
  );
}

/** The pictures of the next carriers, out of sight. */
function Preloaded({ tasks }: { tasks: readonly ReviewTask[] }): JSX.Element {
  return (
    <div hidden>
      {tasks.flatMap(({ passage_id: id, pictures }) =>
        pictures.map((url, number) => url && <img key={`${id} ${number}`} src={url} alt="" />),
      )}
    </div>
  );
}
