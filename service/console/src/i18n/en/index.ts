/* English: the catalogue that the others follow. */

import shared from "../../../../words/en/shared.json";
import type { SharedWords, Text } from "../shapes";
import { alarmSentences, noClips } from "./alarms";
import { invalidValues } from "./codes/values";
import { outputSentences, outputWords } from "./delivery/outputs";
import { plantSentences, plantWords } from "./delivery/plant";
import { helpSentences } from "./help";
import { liftSentences, liftWords } from "./lifts";
import { maskSentences, maskWords } from "./masks";
import { adminSentences, adminWords } from "./operating/admin";
import { roomSentences, roomWords } from "./operating/alarm-room";
import { budgetSentences } from "./operating/budget";
import { escalationSentences, priorities } from "./operating/escalation";
import { figureNames, figureSentences, ratings } from "./operating/figures";
import { overviewSentences, overviewWords } from "./operating/overview";
import { preferenceSentences } from "./operating/preferences";
import { reportPeriods, reportSentences } from "./operating/reports";
import { pageSentences } from "./page";
import { peopleSentences } from "./people";
import { problems } from "./problems";
import { setupSentences, setupWords } from "./setup";
import { calibrationSentences } from "./trials/calibration";
import { nothingToTry, proposeSentences, triedKinds } from "./trials/propose";
import { reviewSentences, reviewWords } from "./trials/reviews";
import { trialSentences, trialWords } from "./trials/trials";
import { notWatched } from "./troubles";

const sentences = {
  ...shared.sentences,
  ...pageSentences,
  ...preferenceSentences,
  ...helpSentences,
  ...alarmSentences,
  ...liftSentences,
  ...calibrationSentences,
  ...setupSentences,
  ...maskSentences,
  ...peopleSentences,
  ...figureSentences,
  ...budgetSentences,
  ...escalationSentences,
  ...reportSentences,
  ...outputSentences,
  ...plantSentences,
  ...trialSentences,
  ...roomSentences,
  ...reviewSentences,
  ...proposeSentences,
  ...overviewSentences,
  ...adminSentences,
};
/** What the service says as well, by mail and elsewhere. */
const sharedWords: SharedWords = shared.words;

const words = {
  ...sharedWords,
  ...liftWords,
  ...setupWords,
  ...maskWords,
  ...outputWords,
  ...plantWords,
  ...trialWords,
  ...roomWords,
  ...reviewWords,
  ...overviewWords,
  ...adminWords,
  figureNames,
  ratings,
  causes: { ...sharedWords.causes, ...sharedWords.reasons },
  invalidValues,
  noClips,
  notWatched,
  nothingToTry,
  priorities,
  problems,
  reportPeriods,
  triedKinds,
};

export type Key = keyof typeof sentences;
type Words = typeof words;

/** What a language must hold: a text for each sentence and for each code of the API. */
export interface Catalogue {
  readonly sentences: Readonly<Record<Key, Text>>;
  readonly words: Words;
}

export const english: Catalogue = { sentences, words };
