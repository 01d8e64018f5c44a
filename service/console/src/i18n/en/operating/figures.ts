/* The key figures of alarms. */

export const figureSentences = {
  "figures.title": "Key figures of alarms",
  "figures.open": "Key figures",
  "figures.lift": "Lift",
  "figures.allLifts": "All lifts",
  "figures.span": "Time",
  "figures.day": "Last 24 hours",
  "figures.week": "Last 7 days",
  "figures.month": "Last 30 days",
  "figures.counted": {
    one: "{count} alarm called for somebody from {from} to {to}.",
    other: "{count} alarms called for somebody from {from} to {to}.",
  },
  "figures.figure": "Figure",
  "figures.value": "Here",
  "figures.limit": "Good up to",
  "figures.most": "At most",
  "figures.rating": "So",
  "figures.none": "–",
  "figures.source":
    "Limits: EEMUA 191 and ISA-18.2, for one operator. There is none for the time to acknowledge.",
  "figures.failed": "Not read: {problem}",
  "figures.topTitle": "What raises most of them",
  "figures.top": "{kind} · {place}{cause}: {count} ({share:percent})",
  "figures.topCause": " · {cause}",
  "figures.floodsTitle": "Floods",
  "figures.flood": "{from} to {to}: {alarms} alarms, {peak} of them within ten minutes",
  "figures.noFloods": "None: never ten alarms within ten minutes.",
  "figures.seconds": "{seconds:fixed0} s",
  "figures.small": "{value:percent1}",
};

/** By the names of the API. */
export const figureNames = {
  per_day: "Alarms a day",
  per_hour: "Alarms an hour",
  per_10_minutes: "Alarms in ten minutes",
  peak_10_minutes: "Most within ten minutes",
  flood_share: "Share of the time in flood",
  standing: "Standing now",
  stale: "Standing for over a day",
  chattering: "Chattering",
  top_ten_share: "Share of the ten most frequent",
  median_s: "Acknowledged after, half of them",
  p90_s: "Acknowledged after, nine of ten",
  p99_s: "Acknowledged after, 99 of 100",
  within_aim: "Acknowledged within 60 s",
  waiting: "Not acknowledged so far",
};

export const ratings = { acceptable: "good", manageable: "bearable", too_high: "too much" };
