/* A lift's budget. */

export const budgetSentences = {
  "budget.title": "False alarms as a budget",
  "budget.none": "none: judged as lifts are in general",
  "budget.alarmsShort": "at most {value} false alarms a day",
  "budget.missesShort": "at most {value} of 1,000 open carriers missed",
  "budget.waits": "{budget} · not in force",
  "budget.waitsLong":
    "Not in force: the lift is judged by other masks or another calibration than the budget was found with. Give it a new one.",
  "budget.kind": "At most",
  "budget.alarms": "false alarms a day",
  "budget.misses": "of 1,000 open carriers missed",
  "budget.value": "How many",
  "budget.ask": "What would it cost?",
  "budget.use": "Judge the lift so",
  "budget.takeBack": "Take the budget back",
  "budget.of": "{action}: {lift}",
  "budget.here": "With it",
  "budget.without": "Without",
  "budget.figure": "Expected",
  "budget.falseAlarms": "False alarms a day",
  "budget.missed": "Missed, of 1,000 open carriers",
  "budget.closed": "of these called closed",
  "budget.unclear": "Unclear, of 1,000 carriers",
  "budget.rate": "{expected} ({low} to {high})",
  "budget.origin":
    "From {passages} carriers, about {opened:fixed0} of them open, {reviewed} reviewed; {carriers:fixed0} a day. In brackets: where the true figure lies in 95 of 100 cases.",
  "budget.missesMore": "More open carriers are missed than without this budget.",
  "budget.notMore": "No more open carriers are missed than without it.",
  "budget.set": "Done: the lift is judged so from now on.",
  "budget.taken": "Done: the lift is judged as lifts are in general.",
};
