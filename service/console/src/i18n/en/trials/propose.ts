/* Proposing a candidate. */

export const proposeSentences = {
  "propose.open": "Try something else",
  "propose.openOf": "Try something else: {lift}",
  "propose.kind": "What",
  "propose.version": "Which",
  "propose.model": "Which model",
  "propose.masks": "v{version}, made {time}",
  "propose.calibration": "v{version}, {time}, from {count} carriers",
  "propose.modelOf": "{name} ({identity})",
  "propose.limited": "At most",
  "propose.limit": "How many",
  "propose.openFrom": "Open from this probability of open on",
  "propose.closedTo": "Closed up to this probability of open",
  "propose.thresholdHelp": "For comparison alone: what is used one day is a budget.",
  "propose.shadow": "Judge along from now on; it decides nothing",
  "propose.replay": "Judge stored carriers again as well (replay)",
  "propose.from": "Carriers from (empty: all)",
  "propose.to": "Carriers to (empty: until now)",
  "propose.go": "Try it",
  "propose.cancel": "Cancel",
  "propose.done": "It is a candidate now; it decides nothing.",
};

export const triedKinds = {
  masks: "Other masks",
  calibration: "A site calibration",
  model: "Another model",
  budget: "A threshold, by a budget",
  threshold: "A threshold, by two probabilities",
};

export const nothingToTry = {
  masks: "The lift has no other masks: draw some under Set up.",
  calibration: "The lift has no other site calibration of these masks.",
  model: "There is no other model: whoever runs the service puts one into `models` of its data folder.",
};
