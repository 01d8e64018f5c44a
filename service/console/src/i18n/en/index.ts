/* English: the catalogue that the others follow. */

import type { Text } from "../shapes";
import { alarmKinds, alarmSentences } from "./alarms";
import { calibrationSentences } from "./calibration";
import { liftSentences, liftWords } from "./lifts";
import { pageSentences } from "./page";
import { notArmed, reasons } from "./reasons";

const sentences = { ...pageSentences, ...alarmSentences, ...liftSentences, ...calibrationSentences };
const words = { ...liftWords, alarmKinds, notArmed, reasons };

export type Key = keyof typeof sentences;
type Words = typeof words;

/** What a language must hold: a text for each sentence and for each code of the API. */
export interface Catalogue {
  readonly sentences: Readonly<Record<Key, Text>>;
  readonly words: Words;
}

export const english: Catalogue = { sentences, words };
