/* A lift's site calibration. */

export const calibrationSentences = {
  "calibration.title": "Bar open / closed: what this lift's own carriers say",
  "calibration.nothing": "nothing yet",
  "calibration.short": "{word} · {use}",
  "calibration.inUseShort": "in use",
  "calibration.notInUseShort": "not in use",
  "calibration.go": "GO",
  "calibration.noGo": "NO-GO",
  "calibration.notArmed": "NOT ARMED",
  "calibration.goSo":
    ": the two clusters overlap by {overlap}, so the threshold between them tells open from closed.",
  "calibration.noGoSo":
    ": the two clusters overlap by {overlap}, too much to tell open from closed. Review carriers and recalculate, or check masks and camera.",
  "calibration.notArmedSo": ": the two clusters overlap by {overlap}, but the lift is {why}.",
  "calibration.lessThan": "less than {share:percent1}",
  "calibration.origin": "Calculated {time} from {carriers} carriers, {reviewed}",
  "calibration.reviewedNone": "none of them reviewed",
  "calibration.reviewed": "{reviewed} of them reviewed",
  "calibration.openShare": "{share:percent} open",
  "calibration.prototypes": "knows what open and closed carriers look like",
  "calibration.noPrototypes": "too few of one state to learn what it looks like",
  "calibration.adapter": "corrected by what was reviewed",
  "calibration.taken": "{share:percent} occupied",
  "calibration.seatMore": "{taken}, an empty seat looks more like an occupied one than on other lifts",
  "calibration.seatLess": "{taken}, an empty seat looks less like an occupied one than on other lifts",
  "calibration.noMasks": "No masks yet: nothing is judged, and nothing can be calculated.",
  "calibration.noProposal":
    "No proposal yet: the service makes one once enough carriers were seen well enough.",
  "calibration.inUse": "In use: the lift is judged by this threshold.",
  "calibration.masksAlone": "Not in use: the lift is judged by its masks alone.",
  "calibration.earlier":
    "Not in use: the lift is judged by an earlier threshold, {threshold}, calculated {time}.",
  "calibration.compared": "It is compared with what judges: see the candidates below.",

  "calibration.actions": "What the lift is judged by",
  "calibration.actionOf": "{action}: {lift}",
  "calibration.recalculate": "Recalculate",
  "calibration.recalculated": {
    one: "Calculated from {count} carrier.",
    other: "Calculated from {count} carriers.",
  },
  "calibration.use": "Use this calibration",
  "calibration.used": "Done: the lift is judged by it from now on.",
  "calibration.compare": "Compare in shadow",
  "calibration.comparing": "Done: it judges the coming carriers as well, and decides nothing.",
  "calibration.useMasks": "Use the masks alone",
  "calibration.masksUsed": "Done: the lift is judged by its masks alone from now on.",
  "calibration.tooEarly":
    "Too early: {seen} of {needed} carriers seen well enough so far, {missing} still needed.",

  "clusters.carriers": { one: "{count} carrier", other: "{count} carriers" },
  "clusters.bar": "{carriers}, margin {from} to {to}",
  "clusters.says":
    "Margins of {carriers}: {open} below the threshold {threshold}, nearer to open, {closed} above it, " +
    "nearer to closed. The masks alone part them at 0.",
  "clusters.open": "▲ {count} open",
  "clusters.closed": "● {count} closed",
  "clusters.threshold": "threshold {threshold}",
  "clusters.zero": "masks alone: 0",
  "clusters.nearerOpen": "◂ nearer to open",
  "clusters.nearerClosed": "nearer to closed ▸",
};
