/* One catalogue of a language's rooms: the only list of them. English says what each must hold. */

import type english from "../../../words/en/shared.json";
import type * as English from "./en/rooms";
import type { SharedWords, Text } from "./shapes";

/** What a language says in each room: a text for every sentence, and a word for every code that English has. */
type Rooms = {
  readonly [Room in keyof typeof English]: Room extends `${string}Sentences`
    ? Readonly<Record<keyof (typeof English)[Room], Text>>
    : (typeof English)[Room];
};

/** What the service says as well, by mail and elsewhere. */
interface Shared {
  readonly sentences: Readonly<Record<keyof typeof english.sentences, Text>>;
  readonly words: SharedWords;
}

export type Catalogue = ReturnType<typeof composed>;
export type Key = keyof Catalogue["sentences"];

export const composed = (shared: Shared, rooms: Rooms) => ({
  sentences: {
    ...shared.sentences,
    ...rooms.pageSentences,
    ...rooms.preferenceSentences,
    ...rooms.helpSentences,
    ...rooms.alarmSentences,
    ...rooms.liftSentences,
    ...rooms.calibrationSentences,
    ...rooms.setupSentences,
    ...rooms.maskSentences,
    ...rooms.peopleSentences,
    ...rooms.figureSentences,
    ...rooms.budgetSentences,
    ...rooms.escalationSentences,
    ...rooms.reportSentences,
    ...rooms.outputSentences,
    ...rooms.plantSentences,
    ...rooms.trialSentences,
    ...rooms.roomSentences,
    ...rooms.reviewSentences,
    ...rooms.proposeSentences,
    ...rooms.overviewSentences,
    ...rooms.adminSentences,
  },
  words: {
    ...shared.words,
    ...rooms.liftWords,
    ...rooms.setupWords,
    ...rooms.maskWords,
    ...rooms.outputWords,
    ...rooms.plantWords,
    ...rooms.trialWords,
    ...rooms.roomWords,
    ...rooms.reviewWords,
    ...rooms.overviewWords,
    ...rooms.adminWords,
    figureNames: rooms.figureNames,
    ratings: rooms.ratings,
    causes: { ...shared.words.causes, ...shared.words.reasons },
    invalidValues: rooms.invalidValues,
    noClips: rooms.noClips,
    notWatched: rooms.notWatched,
    nothingToTry: rooms.nothingToTry,
    priorities: rooms.priorities,
    problems: rooms.problems,
    reportPeriods: rooms.reportPeriods,
    triedKinds: rooms.triedKinds,
  },
});
