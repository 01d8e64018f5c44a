/* What a catalogue is made of. */

import type {
  AlarmKind,
  AlarmState,
  ArmingReason,
  Reason,
  Seat,
  SourceProblem,
  Verdict,
  WatchState,
} from "../api/types";

/** A sentence with {places}, or one for each plural form of {count}. */
export type Text = string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;

export type Parameters = Readonly<Record<string, string | number>>;

/** What page and service have in common (service/words): complete by the codes of the API. */
export interface SharedWords {
  readonly alarmKinds: Record<AlarmKind, string>;
  readonly alarmStates: Record<AlarmState, string>;
  readonly verdicts: Record<Verdict, string>;
  readonly seats: Record<Seat, string>;
  /** Of one carrier or of several, and whether somebody is known to sit there. */
  readonly openBars: Record<"one" | "many", Record<"occupied" | "unclear", string>>;
  /** What is wrong with the machine and with inputs, by the alarm's cause. */
  readonly machineTroubles: Record<string, string>;
  /** What other alarms say, by their cause or kind; the first whose numbers are all there counts. */
  readonly alarmSays: Record<string, readonly string[]>;
  /** What is wrong with a camera, with numbers and advice; the first whose numbers are all there counts. */
  readonly troubles: Partial<Record<Reason, readonly string[]>>;
  /** In a few words: codes of cameras and of alarms' causes. */
  readonly causes: Record<SourceProblem, string> & Record<string, string>;
  /** Why a carrier or a picture could not be judged. */
  readonly reasons: Record<Reason, string>;
  /** Why a lift is not armed, and what to do. */
  readonly notArmed: Record<ArmingReason, { why: string; what: string }>;
  readonly selfTestChecks: Record<string, string>;
  /** What the service itself notes of an alarm, by the English that it stores, in which numbers are {places}. */
  readonly notes: Record<string, string>;
  /** What may be said of a lift at a moment. */
  readonly watchStates: Record<WatchState, string>;
}
