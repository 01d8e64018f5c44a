/* What is shown of an answer: of what was asked for last, whichever comes first. */

import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Key, t } from "../i18n/text";
import { messageOf } from "../state/session";

/** Ask when it is opened, and again when `of` is another. failed: says that there is none, and the {problem}. */
export function useAnswer<Answer>(
  ask: () => Promise<Answer>,
  of: string,
  failed: Key,
): readonly [found: Signal<Answer | null>, problem: Signal<string>] {
  const [found, problem] = [useSignal<Answer | null>(null), useSignal("")];
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is asked with is named by whoever asks.
  useEffect(() => {
    let isWanted = true; // a slow answer must not take the place of a later one
    const show = (answer: Answer | null, says: string): void => {
      if (isWanted) [found.value, problem.value] = [answer, says];
    };
    ask().then(
      (answer) => show(answer, ""),
      (error) => show(null, t(failed, { problem: messageOf(error) })), // what was of something else must not stay
    );
    return () => {
      isWanted = false;
    };
  }, [of]);
  return [found, problem];
}
