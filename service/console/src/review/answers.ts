/* The five answers, in the order of the keyboard's numbers, with the letter that gives each. */

import type { ReviewAnswer } from "../api/types";

export const ANSWERS: readonly { answer: ReviewAnswer; key: string }[] = [
  { answer: "open", key: "o" },
  { answer: "closed", key: "c" },
  { answer: "moving", key: "m" },
  { answer: "empty", key: "e" },
  { answer: "cannot_tell", key: "t" },
];

/** By letter, and by number: the letters are those of the English words. */
export const KEYS: Readonly<Record<string, ReviewAnswer>> = Object.fromEntries(
  ANSWERS.flatMap(({ answer, key }, number) => [
    [key, answer],
    [String(number + 1), answer],
  ]),
);
