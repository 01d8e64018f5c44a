/* Reviews: what people say of carriers, and how accurate a lift is by it. */

import type { ReviewAnswer, Stratum, Trend } from "../../../api/types";

export const reviewRefusals = {
  answer_contradicted: "bar and seat say something else than the answer “{answer}”",
  no_review: "no answer of yours stands for this carrier",
};

export const reviewSentences = {
  "review.title": "Review",
  "review.openOf": "Review {name}",
  "review.of_lift": "Reviews of {lift}",
  "review.question": "What do you see?",
  "review.begin": "Begin",
  "review.middle": "Middle",
  "review.end": "End",
  "review.noPicture": "No picture",
  "review.progress": "{done} of {all} today",
  "review.progressLabel": "Carriers answered today",
  "review.nothing": "Nothing waits for you. The next carriers are drawn after midnight.",
  "review.reading": "Reading …",
  "review.undo": "Undo",
  "review.said": "{answer}: the carrier of {time}",
  "review.failed": "Not done: {problem}",
  "review.whatCounts": "What counts as what",
  "review.keys": "By key: the letter on each button, or 1 to 5. U takes the last answer back.",
  "review.disputes": "Disagreements",
  "review.disputesHelp":
    "The lift learns nothing of these carriers yet. A third person decides, or one of the two says something else.",
  "review.noDisputes": "People agree.",
  "review.pictureOf": "Picture {number} of the carrier of {time}",
  "review.says": "{by}: {answer} ({at})",
  "review.decide": "{answer}: the carrier of {time}",
  "review.accuracy": "Accuracy",
  "review.month": "Last 28 days",
  "review.quarter": "Last 13 weeks",
  "review.year": "Last year",
  "review.counted": {
    one: "{count} reviewed passage speaks for {carriers} carriers, {alarms} of them with an alarm.",
    other: "{count} reviewed passages speak for {carriers} carriers, {alarms} of them with an alarm.",
  },
  "review.judgedSince":
    "Since {time} the lift is judged by other masks, another view or another calibration: these figures mix both.",
  "review.unseen": {
    one: "{count} more carrier passed unseen or left no picture: no figure covers it.",
    other: "{count} more carriers passed unseen or left no picture: no figure covers them.",
  },
  "review.uncovered":
    "Nobody has reviewed any of these yet: {strata}. The figures that need them are missing.",
  "review.misses": "Missed, of open and occupied carriers",
  "review.falseAlarms": "False, of alarms",
  "review.of": "of {per}",
  "review.between": "{low} to {high}",
  "review.likely": "95 % interval; {expected} is likeliest, and too little is known to rely on it.",
  "review.range": "95 % interval: {low} to {high}",
  "review.worst": "If everything that nobody can tell were the worst: up to {high}",
  "review.unknown": "Not known yet",
  "review.enough": "Enough was reviewed for a useful interval.",
  "review.more": {
    one: "About {count} more review makes the interval useful.",
    other: "About {count} more reviews make the interval useful.",
  },
  "review.moreUnknown": "How many more reviews it takes is not known yet.",
  "review.missedOf": "Missed, of 1,000 carriers: {interval}",
  "review.falseOf": "False alarms, of 1,000 carriers: {interval}",
  "review.interval": "{expected} ({low} to {high})",
  "review.unsure": {
    one: "{count} of the reviewed passages cannot be told, or people differ about it.",
    other: "{count} of the reviewed passages cannot be told, or people differ about them.",
  },
  "review.agreement": {
    one: "{count} passage was answered by two people, each without the other's answer: alike in {expected} of 100 ({low} to {high}).",
    other:
      "{count} passages were answered by two people, each without the other's answer: alike in {expected} of 100 ({low} to {high}).",
  },
  "review.weeks": "By week",
  "review.week": "Week of",
  "review.reviewed": "Reviewed",
  "review.missedShort": "Missed of 1,000 carriers",
  "review.falseShort": "False of 100 alarms",
  "review.source":
    "From a random sample of each day. A useful interval is no wider than 20 of 1,000 missed, and 20 of 100 false.",
  "review.export": "Labels as a file",
  "review.exportHelp": "People are numbered. What is hidden on the pictures stays hidden.",
  "review.exportCsv": "Labels (CSV)",
  "review.exportZip": "Labels and pictures (ZIP)",
};

export const reviewWords = {
  reviewAnswers: {
    open: "Open",
    closed: "Closed",
    moving: "Moving",
    empty: "Empty",
    cannot_tell: "Cannot tell",
  },
  reviewMeanings: {
    open: "Somebody sits there, and the bar is open in the last picture.",
    closed: "The bar is down in the last picture, whoever sits there.",
    moving: "Somebody sits there, and the bar is on its way: not completely down.",
    empty: "Nobody sits there: where the bar is makes no difference.",
    cannot_tell: "Hidden, too dark, too coarse. Say so rather than guess.",
  },
  strata: {
    alarm: "alarms",
    unknown: "carriers of which nothing could be told",
    open: "carriers called open and empty",
    near: "closed carriers that nearly were not",
    clear: "clearly closed carriers",
    unseen: "unseen carriers",
  },
  missTrends: {
    more: "Misses became more over the weeks.",
    fewer: "Misses became fewer over the weeks.",
    steady: "No change over the weeks that chance would not show.",
    too_few: "Too few misses were found to see a change.",
  },
  falseTrends: {
    more: "False alarms became more over the weeks.",
    fewer: "False alarms became fewer over the weeks.",
    steady: "No change over the weeks that chance would not show.",
    too_few: "Too few false alarms were found to see a change.",
  },
} satisfies {
  reviewAnswers: Record<ReviewAnswer, string>;
  reviewMeanings: Record<ReviewAnswer, string>;
  strata: Record<Stratum, string>;
  missTrends: Record<Trend, string>;
  falseTrends: Record<Trend, string>;
};
