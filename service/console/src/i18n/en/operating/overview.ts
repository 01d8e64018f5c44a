/* Every lift at a glance, and a screen that nobody touches. */

import type { Need } from "../../../overview/need";
import type { DENSITIES, GROUPINGS } from "../../../overview/order";

/** What a lift needs of a person: a word or two, read from afar. */
const needs: Record<Need, string> = {
  blind: "BLIND",
  open: "OPEN",
  unseen: "ALARM",
  stands: "alarm",
  stopped: "stopped",
  unlearnt: "learning",
  unarmed: "not armed",
  out: "out of service",
  silent: "no word",
  well: "well",
};

const groupings: Record<(typeof GROUPINGS)[number], string> = {
  none: "not grouped",
  area: "by area",
  station: "by station",
};

const densities: Record<(typeof DENSITIES)[number], string> = {
  fit: "all on one screen",
  large: "large tiles",
};

export const overviewWords = { needs, groupings, densities };

export const overviewSentences = {
  "overview.tile": "{name}: {need}",
  "overview.tileWhy": "{name}: {need}, {why}",
  "overview.backwards": "the line runs backwards",
  "overview.noFrame": "no frame from the camera yet",
  "overview.frameOld": "no frame from the camera for {seconds} s",
  "overview.speed": "{speed:fixed1} m/s",
  "overview.flow": "{carriers:fixed0}/h",
  "overview.flowUnit": " (carriers an hour)",
  "overview.noFlow": "line not known",
  "overview.marks": "The last {count} carriers: {open} open, {closed} closed, {unknown} unknown",
  "overview.find": "Find a lift",
  "overview.needy": "Only what needs me",
  "overview.grouping": "Groups",
  "overview.density": "Size of the tiles",
  "overview.waits": "The order has changed: tiles move once the pointer has left them.",
  "overview.hides": { one: "{count} lift is not shown.", other: "{count} lifts are not shown." },
  "overview.hidesNeedy": {
    one: "{count} lift that needs somebody is not shown.",
    other: "{count} lifts that need somebody are not shown.",
  },
  "overview.showAll": "Show all",

  "place.title": "Area, station, distance between carriers",
  "place.about": "What the overview groups the lift by. The camera goes on undisturbed.",
  "place.area": "Area",
  "place.station": "Station",
  "place.spacing": "Metres between carriers on the rope",
  "place.spacingHelp": "From the lift's papers. Without it, and without an input, no line speed is shown.",
  "place.save": "Save",
  "place.saved": "Saved.",

  "wall.open": "Wall",
  "wall.lost": "NOT CONNECTED",
  "wall.lostAbout": "No alarm arrives here. Last word {age} ago.",
  "wall.never": "No alarm arrives here.",
  "wall.waits": { one: "{count} more alarm waits", other: "{count} more alarms wait" },
  "wall.ends": "This screen's sign-in will end: sign in with a viewer's token, which is kept.",
  "wall.since": "since {time}",
};
