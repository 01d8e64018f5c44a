/* Self-tests and candidates. */

import type {
  CandidateKind,
  CandidateState,
  ReplayState,
  SelfTestCode,
  SelfTestResult,
} from "../../../api/types";

export const trialSentences = {
  "selfTest.title": "Self-test",
  "trials.title": "Self-test and candidates",
  "selfTest.none": "none yet",
  "selfTest.short": "{word} · {time}",
  "selfTest.missedShort": "missed",
  "selfTest.missed": "The daily test did not run: run one, and see the service's log for why.",
  "selfTest.ran": "Last test: {time}, by {by}.",
  "selfTest.due": "The next one is due {time}.",
  "selfTest.check": "{check}: {what}",
  "selfTest.run": "Test now",
  "selfTest.runOf": "Test now: {lift}",
  "selfTest.acceptView": "The camera's view is right",
  "selfTest.done": "Tested. Nobody was alarmed.",

  "candidates.title": "Candidates",
  "candidates.name": "{kind} {what}",
  "candidates.inShadow": "judges along, decides nothing",
  "candidates.nothing": "Nothing was compared yet.",
  "candidates.compared": {
    one: "{count} carrier compared, {disagreed} judged otherwise.",
    other: "{count} carriers compared, {disagreed} judged otherwise ({low} to {high} of them all).",
  },
  "candidates.right": "Of {reviewed} reviewed ones it has {candidate} right; what judges now {active}.",
  "candidates.swapped":
    "Looks swapped: {inverted} of {decided} verdicts are the opposite. Its masks are probably exchanged.",
  "candidates.progress": "Replay: {done} of {total} stored carriers.",
  "candidates.replayed": "Replay {word}: {done} stored carriers.",
  "candidates.blurred": {
    one: "{count} was judged by pictures in which people are hidden.",
    other: "{count} were judged by pictures in which people are hidden.",
  },
  "candidates.differing": "Where it differs",
  "candidates.differs": ": decided {verdict}, the candidate {candidate}",
  "candidates.differsReviewed": ": decided {verdict}, the candidate {candidate}, reviewed {review}",
  "candidates.counted": { one: "{count} candidate", other: "{count} candidates" },
  "candidates.actionOf": "{action}: {name}, {lift}",
  "candidates.shadow": "Judge along",
  "candidates.endShadow": "Judge along no longer",
  "candidates.replay": "Replay",
  "candidates.cancel": "Cancel the replay",
  "candidates.promote": "Use it",
  "candidates.rollBack": "Roll back",
  "candidates.drop": "Drop",
  "candidates.done": "Done.",
  "candidates.replaying": "The stored carriers are being judged again; carriers that pass go first.",
  "candidates.promoted": "Done: it judges from now on.",
  "candidates.rolledBack": "Done: what it replaced judges again.",
  "candidates.dropped": "Done: it was dropped.",
};

const selfTestResults: Record<SelfTestResult, string> = {
  passed: "passed",
  incomplete: "incomplete",
  failed: "failed",
};

const selfTestCodes: Record<SelfTestCode, string> = {
  ok: "works",
  no_masks: "the lift has no masks",
  no_open_passage: "no stored carrier is known to be open: review one, or enrol with a reference picture",
  no_closed_passage: "no stored carrier is known to be closed: review one, or enrol with a reference picture",
  misjudged: "{wrong} of {passages} were judged otherwise: {verdict}",
  people_hidden:
    "people are hidden in the only stored carrier that could tell, and that may be why: enrol with reference pictures",
  not_committed: "what was judged did not reach the database",
  nothing_sent: "nothing was judged, so nothing had to be stored",
  no_occupied_passage: "no stored carrier is known to be open and occupied, so nothing had to be an alarm",
  no_alarm: "{silent} of {passages} open and occupied carriers would have been no alarm",
  false_alarm: "{alarms} closed carriers would have been alarms",
  not_published: "alarm {seq} was stored and not sent to whoever listens",
  masks_doubted: "the lift's own carriers speak against them",
  not_armed: "the lift is not armed",
  no_camera: "no camera is watched",
  not_live: "it is not live",
  impaired: "it cannot be relied on now",
  no_picture: "it has sent no picture lately",
  no_enrolled_view: "no view is kept that it could be compared with",
  view_differs: "it is not the view that the lift was set up with",
  output_failed: "these do not work: {failed}",
  no_output: "none is switched on",
};

const candidateKinds: Record<CandidateKind, string> = {
  masks: "Masks",
  calibration: "Site calibration",
  model: "Model",
  threshold: "Threshold",
};

const candidateStates: Record<CandidateState, string> = {
  proposed: "proposed",
  promoted: "judges",
  dropped: "dropped",
  rolled_back: "rolled back",
};

const replayStates: Record<ReplayState, string> = {
  running: "running",
  done: "done",
  cancelled: "cancelled",
  failed: "failed",
};

/** Why a candidate or a self-test is refused, and what to do. */
export const trialRefusals = {
  self_test_given_up: "the service ends, so the test was given up",
  self_test_running: "a test is running already: wait for its result",
  signing_key_unusable: "the service's signing key cannot be used; its log says why",
  no_candidate: "there is no candidate {number} any more",
  no_replay: "there is no replay {number} any more",
  no_self_test: "there is no self-test {number} any more",
  no_model: "there is no model “{name}” in the service's data folder",
  candidate_judges: "it judges already",
  candidate_over: "it is {state}",
  candidate_untested: "it was never compared: let it judge along, or replay stored carriers",
  candidate_looks_swapped:
    "it looks swapped: {inverted} of {decided} verdicts are the opposite. Who is sure all the same promotes it by the API, with a reason",
  candidate_not_promoted: "it does not judge",
  threshold_by_budget: "a threshold follows from a budget: choose the budget that leads to it",
  model_is_set: "the service's settings name the model: change it there",
  model_refused: "the model “{name}” is refused; the service's log says why",
  model_not_noted: "the choice cannot be stored for the next start: look at the disk",
};

export const trialWords = {
  selfTestResults,
  selfTestCodes,
  candidateKinds,
  candidateStates,
  replayStates,
};
