/* Italian, for lift staff: every text of the English catalogue. */

import shared from "../../../../words/it/shared.json";
import type { Catalogue } from "../en";
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
const words = {
  ...shared.words,
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
  causes: { ...shared.words.causes, ...shared.words.reasons },
  invalidValues,
  noClips,
  notWatched,
  nothingToTry,
  priorities,
  problems,
  reportPeriods,
  triedKinds,
};

export const italian: Catalogue = { sentences, words };
