/* German, for lift staff: every text of the English catalogue. */

import type { Catalogue } from "../en";
import { alarmKinds, alarmSentences, machineTroubles, noClips, openBars } from "./alarms";
import { invalidValues } from "./codes/values";
import { outputSentences, outputWords } from "./delivery/outputs";
import { plantSentences, plantWords } from "./delivery/plant";
import { liftSentences, liftWords } from "./lifts";
import { maskSentences, maskWords } from "./masks";
import { adminSentences } from "./operating/admin";
import { roomSentences, roomWords } from "./operating/alarm-room";
import { budgetSentences } from "./operating/budget";
import { escalationSentences, priorities } from "./operating/escalation";
import { figureNames, figureSentences, ratings } from "./operating/figures";
import { overviewSentences, overviewWords } from "./operating/overview";
import { preferenceSentences } from "./operating/preferences";
import { reportPeriods, reportSentences, watchStates } from "./operating/reports";
import { pageSentences } from "./page";
import { peopleSentences } from "./people";
import { problems } from "./problems";
import { notArmed, reasons } from "./reasons";
import { setupSentences, setupWords } from "./setup";
import { calibrationSentences } from "./trials/calibration";
import { nothingToTry, proposeSentences, triedKinds } from "./trials/propose";
import { reviewSentences, reviewWords } from "./trials/reviews";
import { trialSentences, trialWords } from "./trials/trials";
import { causes, notWatched, troubles } from "./troubles";

const sentences = {
  ...pageSentences,
  ...preferenceSentences,
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
  ...liftWords,
  ...setupWords,
  ...maskWords,
  ...outputWords,
  ...plantWords,
  ...trialWords,
  ...roomWords,
  ...reviewWords,
  ...overviewWords,
  alarmKinds,
  figureNames,
  ratings,
  machineTroubles,
  causes,
  invalidValues,
  noClips,
  notArmed,
  notWatched,
  nothingToTry,
  openBars,
  priorities,
  problems,
  reasons,
  reportPeriods,
  triedKinds,
  troubles,
  watchStates,
};

export const german: Catalogue = { sentences, words };
