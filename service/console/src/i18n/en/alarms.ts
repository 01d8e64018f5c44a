/* Alarms: their kinds, and what is said about them. */

import type { AlarmKind, NoClip } from "../../api/types";

export const alarmKinds: Record<AlarmKind, string> = {
  bar_open: "Bar open",
  camera_lost: "Camera lost",
  camera_frozen: "Picture frozen",
  view_changed: "View changed",
  low_visibility: "Low visibility",
  worker_down: "Not judging",
  lift_unknown_rate: "Too many unknown",
  lift_invalid: "Lift out of service",
  overloaded: "Overloaded",
  service_down: "Service was down",
  storage_damaged: "Storage damaged",
  disk_low: "Little room on the disk",
  clock_jumped: "Clock jumped",
  backup_failed: "Backup failed",
  output_failed: "Output failed",
  self_test_missed: "Self-test missed",
  self_test_failed: "Self-test failed",
  self_test: "Self-test",
  input_doubtful: "Input doubtful",
};

/** What is wrong with the machine, by the alarm's cause. */
export const machineTroubles: Record<string, string> = {
  disk_low: "The data folder's disk has little room ({free_mb} MB free): no more pictures are kept",
  disk_full: "The data folder's disk is full ({free_mb} MB free): no alarm can be stored",
  database_gone:
    "The database's file was removed while the service runs: put it back, or restart the service with a backup. Until then nothing is stored",
  database_replaced: "Another file took the database's place while the service runs: restart the service",
  log_gone: "The database's log file was removed while the service runs: restart the service",
  pictures_gone:
    "The folder of the pictures was removed: restart the service, or make it again. Until then no picture is kept",
  pages: "The database is damaged: restore a backup",
  clock:
    "The clock jumped by {by_s} s: nothing is deleted until somebody confirms the time, or until it returns",
  backup: "The scheduled backup could not be made: {reason}",
  output_failed: "Output {output}: its receiver does not get the alarms ({waiting} are waiting)",
  output_partly: "Output {output}: some who should get the alarms do not: their addresses are refused",
  output_set_aside: "Output {output}: its receiver refuses alarms for good ({set_aside} are set aside)",
  input_stale: "An input of the lift's control says nothing any more: it is not listened to",
  line_said_to_stand:
    "An input says that the line stands, and the camera or another signal shows that it runs: it is not listened to until it has said that the line runs",
  line_said_to_run:
    "An input says that the line runs, and the camera sees it stand: does the camera show this lift?",
  speed_differs: "The speed that an input gives does not fit how often the camera sees carriers",
  pulses_missing:
    "The camera sees carriers that the pulse input does not count: the input is not listened to",
  unseen_carriers: "{unseen} of the last {counted} carriers that a sensor counted were not seen",
};

/** Why an alarm has no clip. */
export const noClips: Record<NoClip, string> = {
  codec: "no browser plays what this camera sends (MJPEG): set it to H.264",
  no_key_frame: "the camera's key frames are too far apart: set it to one in one to four seconds",
  no_pictures: "the camera had sent nothing that could be kept",
  no_answer: "the camera's process ended meanwhile",
  busy: "the disk was too slow",
  disk: "the disk has too little room, or could not be written to",
  missing: "its file is gone",
  expired: "it was kept for its time, or made room for newer ones",
  deleted: "somebody had it deleted",
  pending: "it is being recorded",
  service_ended: "the service ended before it came",
  not_made: "none was made at that time",
  kind: "alarms of this kind have none",
  off: "clips are switched off (BARWATCH_CLIPS)",
  hidden:
    "people are hidden in what is stored, which a clip cannot do. An administrator may decide otherwise (BARWATCH_CLIPS)",
};

const CONFIDENCE = "(confidence {confidence:percent1})";
const TOGETHER = "which could not be recorded one by one";

/** Of one carrier or of several, and whether somebody is known to sit there. */
export const openBars = {
  one: {
    occupied: `Bar open on an occupied carrier ${CONFIDENCE}`,
    unclear: `Bar open on a carrier that may be occupied ${CONFIDENCE}`,
  },
  many: {
    occupied: `Bar open on {carriers} occupied carriers, ${TOGETHER}`,
    unclear: `Bar open on {carriers} carriers that may be occupied, ${TOGETHER}`,
  },
};

export const alarmSentences = {
  "alarms.title": "Alarms",
  "alarms.active": "Active alarms",
  "alarms.none": "None so far.",
  "alarms.seatUnclear": "Bar open, perhaps occupied",
  "alarms.where": "{kind} · {place}",
  "alarms.wholeService": "whole service",
  "alarms.says": "{time} · {message}",
  "alarms.more": "and {count} more not acknowledged, below",
  "alarms.still": "Still standing: {alarms}",
  "alarms.withState": "{alarm} ({state})",
  "alarms.returned": "Over now, but nobody has acknowledged it.",
  "alarms.chatters": "{message}. It comes and goes: {times} times or more within a minute",
  "alarms.unstored":
    "Not stored yet: the database refuses it, the disk may be full. It cannot be acknowledged.",
  "alarms.unstoredShort": "not stored yet",
  "alarms.provisional": "Provisional: this lift is not armed. Compare the pictures.",
  "alarms.late": "Late: the carrier left at {time}, {seconds} s before this alarm",
  "alarms.lateShort": "late",
  "alarms.picture": "Picture {number} of the carrier",
  "alarms.notWatched": "Not watched from {since} to {until}: the service was down meanwhile",
  "alarms.flood": "Flood: {alarms} alarms within ten minutes, since {time}. The most important come first.",
  "alarms.group": "{count} open bars since {time}, {returned} of them over by now. The newest is shown.",
  "alarms.acknowledgeGroup": "Acknowledge all {count}",
  "alarms.acknowledgeGroupOf": "Acknowledge all {count} open bars of {place}",
  "alarms.shelvedUntil": "shelved until {time} by {by}: {reason}",
  "alarms.follows": "follows from: {kind}",
  "alarms.shelve": "Shelve",
  "alarms.shelveWhich": "Shelve: {which}",
  "alarms.unshelve": "Unshelve",
  "alarms.unshelveWhich": "Unshelve: {which}",
  "away.what": "What",
  "away.howLong": "For how long",
  "away.why": "Why",
  "away.minutes": { one: "{count} minute", other: "{count} minutes" },
  "away.hours": { one: "{count} hour", other: "{count} hours" },
  "away.cancel": "Cancel",
  "alarms.acknowledge": "Acknowledge",
  "alarms.confirmClock": "The time is right",
  "alarms.acknowledgeWhich": "Acknowledge: {kind}, {place}, {time}",
  "clip.evidence": "Evidence",
  "clip.evidenceOf": "Evidence: {kind}, {place}, {time}",
  "clip.show": "Video",
  "clip.label": "Video of the alarm",
  "clip.span": "From {before:fixed1} s before to {after:fixed1} s after.",
  "clip.beginsLate": "It begins late: the camera had sent no key frame before that.",
  "clip.endsEarly": "It ends early: the camera was lost.",
  "clip.cutShort": "It ends early: the service was stopped.",
  "clip.showsPeople": "People can be recognised. Who watches is recorded.",
  "clip.unplayable": "This browser cannot play it ({codec}): save the file.",
  "clip.save": "Save",
  "clip.none": "No video: {reason}.",
  "clip.notRead": "No video: {problem}",
  "alarms.notAcknowledged": "Not acknowledged: {problem}",
};
