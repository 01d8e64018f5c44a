/* Lifts, their cameras and their last carriers. */

import type { CameraState, Role, ServiceScope } from "../../api/types";

const cameraStates: Record<CameraState, string> = {
  starting: "starting",
  live: "live",
  degraded: "degraded",
  lost: "camera lost",
};
const serviceScopes: Record<ServiceScope, string> = { lift: "the whole lift", camera: "the camera" };

const roles: Record<Role, string> = { viewer: "viewer", operator: "operator", admin: "admin" };

/** What the line does. */
const lineSpeeds = {
  stopped: "stopped",
  backwards: "backwards",
  unknown: "unknown",
};

export const liftWords = {
  lineSpeeds,
  cameraStates,
  serviceScopes,
  roles,
};

export const liftSentences = {
  "service.takeOut": "Out of service",
  "service.takeOutWhich": "Take {name} out of service",
  "service.out": "OUT OF SERVICE: {what}, until {time}, by {by}: {reason}",
  "service.putBack": "Return to service",
  "service.putBackWhich": "Return {name} to service",
  "lifts.title": "Lifts",
  "lifts.none": "No lift yet: set one up.",
  "lifts.noCamera": "no camera",
  "lifts.view": "What the camera of {name} sees",
  "lifts.noPicture": "no picture",
  "lifts.all": "All lifts",
  "lifts.reading": "The lift is being read.",
  "lifts.gone": "There is no lift “{id}”.",
  "lifts.notRead": "What follows is {age} old: the service does not answer.",
  "lifts.rate": "{rate:fixed0} pictures/s",
  "lifts.line": "line {speed}",
  "lifts.masks": "masks v{version}",
  "lifts.noMasks": "no masks: nothing is judged",
  "lifts.armed": "armed",
  "lifts.notArmed": "not armed",
  "lifts.notArmedWhy": "not armed: {why}",
  "lifts.notArmedWhyWhat": "not armed: {why}; {what}",

  "carrier.none": "no carrier yet",
  "carrier.who": "carrier {number}, {seat}",
  "carrier.confidence": "confidence {confidence:percent}",
  "carrier.standsFor": "stands for {carriers} carriers",
  "carrier.late": "late: it left {seconds} s before it was judged",
  "carrier.begin": "Begin: {verdict}",
  "carrier.middle": "Middle: {verdict}",
  "carrier.end": "End: {verdict}",
  "carrier.recent": "Recent carriers, newest first",
  "carrier.recentOne": "{time}: {verdict}, {seat}",
  "carrier.why": "Where was the bar seen?",
  "carrier.whyColours":
    "amber: on the open mask; blue: on the close mask; violet: on both; white: on neither",
};
