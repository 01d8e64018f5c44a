/* The administration: what keeps the service well. */

import type { KeptClassName, ProcessKind, RecordState, SystemFinding } from "../../../api/types";

export const adminSentences = {
  "admin.title": "Administration",
  "admin.all": "All of the administration",
  "admin.peopleHelp": "Who may sign in with a name, and what they may do on which lift.",
  "admin.tokensHelp": "Keys for programs and for screens on walls; each can be taken back at once.",
  "admin.outputsHelp":
    "Where alarms go besides this page: e-mail, webhooks, control rooms. Each can be tested here.",
  "admin.auditHelp": "Who did what, when and from where, and whether that record is whole.",
  "admin.healthHelp": "What needs somebody now, and how cameras, disk, clock and queues are.",
  "admin.modelsHelp": "Which network judges, what it was made of, what judges along, and the way back.",
  "admin.keepingHelp":
    "How long pictures, alarms and records are kept, and whether people are hidden in them.",
  "admin.backupsHelp": "Copies of everything: make one, check one, take one away, bring one back.",
  "admin.recordsHelp": "The daily proof that each lift’s way to an alarm works, with its signature.",

  "health.title": "Health",
  "health.findings": "What needs somebody",
  "health.well": "Nothing is wrong with the service itself.",
  "health.confirmClock": "The time is right now",
  "health.cameras": "Cameras",
  "health.camerasHelp":
    "Frames come at a steady pace and are younger than a second; a dropped frame was too late for the processor.",
  "health.noCamera": "No camera is watched.",
  "health.fps": "{fps} frames a second",
  "health.age": "newest {age} ago",
  "health.frames": "{read} read, {dropped} dropped",
  "health.keyFrames": "the line stands: key frames only",
  "health.reached": { one: "connected once", other: "connected {count} times" },
  "health.restarted": { one: "restarted once", other: "restarted {count} times" },
  "health.processes": "Processes",
  "health.processesHelp":
    "Each camera and the network run apart: one that fails stops no other, and is started again by itself.",
  "health.pid": "number {pid}",
  "health.machine": "Disk, database, clock",
  "health.machineHelp":
    "With too little room no alarm can be kept; with a wrong clock nothing old is deleted.",
  "health.disk": "Room on the disk",
  "health.free": "{free} free of {total}",
  "health.reserve": "Kept back for alarms",
  "health.database": "Database",
  "health.damaged": "Damaged records",
  "health.time": "Time that is believed",
  "health.jump": "The system’s clock is off by",
  "health.noJump": "nothing",
  "health.zone": "Time zone",
  "health.computes": "The network computes on",
  "health.backup": "Newest backup",
  "health.never": "none",
  "health.queues": "What waits",
  "health.queuesHelp":
    "Queues are near zero while the machine keeps up; what is refused is counted, never lost in silence.",
  "health.writes": "For the database",
  "health.pictures": "Pictures for the network",
  "health.waits": "{waiting} wait, {refused} refused",
  "health.versions": "Versions",
  "health.versionsHelp": "Name these to whoever helps you.",
  "health.network": "Network",
  "health.tables": "Database tables",
  "health.system": "System",

  "models.title": "Models",
  "models.judging": "What judges",
  "models.judgingHelp":
    "A damaged or foreign network is refused at the start; these digests say which one runs.",
  "models.identity": "Identity",
  "models.origin": "Where from",
  "models.promoted": "promoted here, in place of the one that ships",
  "models.fixed": "named by BARWATCH_MODEL: none can be promoted",
  "models.ships": "the one that ships with this version",
  "models.folder": "Its folder",
  "models.digest": "Digest of all that decides",
  "models.file": "Digest of its file",
  "models.signed": "Signature",
  "models.isSigned": "signed by the key that was asked for",
  "models.notSigned": "none asked for (BARWATCH_MODEL_PUBLIC_KEY)",
  "models.trained": "Trained on",
  "models.calibrated": "Calibrated on",
  "models.band": "Probability of open",
  "models.bandOf": "closed up to {closed}, open from {open}",
  "models.golden": "Recorded carriers that it must judge as before",
  "models.measured": "What was measured of it",
  "models.atWork": "On trial and adopted",
  "models.atWorkHelp":
    "What judges along decides nothing. On the lift’s page it is compared, adopted, and rolled back.",
  "models.noneAtWork": "Nothing: every lift is judged by what it was set up with.",
  "models.compared": {
    one: "{count} carrier compared, {differ} judged otherwise",
    other: "{count} carriers compared, {differ} judged otherwise",
  },

  "keeping.title": "Retention and privacy",
  "keeping.classes": "What is kept, and for how long",
  "keeping.classesHelp":
    "To change a time, set the variable that is named beside it where the service runs, and restart it. It is in the audit.",
  "keeping.forGood": "for good",
  "keeping.days": { one: "kept {count} day", other: "kept {count} days" },
  "keeping.oldest": "oldest of {at}",
  "keeping.paused": "Nothing old is deleted while the clock is in doubt: see Health.",
  "keeping.sizes": "How much of the disk",
  "keeping.sizesHelp": "Counted file by file when somebody looks, at most every quarter of an hour.",
  "keeping.counting": "The files are being counted …",
  "keeping.privacy": "People in pictures",
  "keeping.privacyHelp":
    "BARWATCH_PRIVACY decides for every lift; a lift’s own `privacy` (PUT /lifts/ID) goes before it. What is stored already stays as it is.",
  "keeping.hidden": "people are hidden",
  "keeping.shown": "people can be seen",
  "keeping.own": "by its own setting",
  "keeping.noClips": "no videos of alarms",
  "keeping.clips": { one: "videos of alarms for {count} day", other: "videos of alarms for {count} days" },

  "backups.title": "Backups",
  "backups.plan": {
    one: "Every day at {hour}; {count} is kept, in {folder}. A copy on another disk outlives this one.",
    other: "Every day at {hour}; {count} are kept, in {folder}. A copy on another disk outlives this one.",
  },
  "backups.noPlan": "None is made by itself (BARWATCH_BACKUP_HOUR); they are in {folder}.",
  "backups.make": "Make a backup now",
  "backups.making": "A backup is being made; watching goes on.",
  "backups.verifying": "A backup is being read from end to end.",
  "backups.done": "Done.",
  "backups.failed": "It failed: {problem}",
  "backups.none": "There is none yet.",
  "backups.checkedWhenMade": "checked when it was made",
  "backups.whole": "whole, checked {at}",
  "backups.damaged": "DAMAGED, found {at}: use another",
  "backups.verify": "Check",
  "backups.verifyLabel": "Check {name}",
  "backups.take": "Download",
  "backups.takeLabel": "Download {name}",
  "backups.restore": "Bring one back",
  "backups.restoreHelp":
    "Stop the service, run this where it runs, and start it again. With Docker Compose put “docker compose run --rm -T --no-deps” before it. What is there is moved aside, never overwritten.",

  "records.title": "Self-tests",
  "records.about":
    "Each record is signed by this installation and named by the audit: nobody can change one, or leave one out, unseen.",
  "records.none": "No lift was tested yet.",
  "records.of": "{lift}, test {number}",

  "check.title": "Is all of it whole?",
  "check.about":
    "Every entry, row, picture and signature is followed, aside and without hurry. Keep the head below elsewhere: it shows what was cut off.",
  "check.now": "Check now",
  "check.running": "It is being checked since {at}.",
  "check.never": "It was never checked as a whole here.",
  "check.whole": "Whole up to entry {until}: {rows} rows and pictures hold. Checked {at} by {by}.",
  "check.broken":
    "BROKEN, looked at up to entry {until} ({rows} rows and pictures), {at} by {by}. Call whoever runs the service; change nothing.",
  "check.failed": "It could not be checked: {problem}",
};

const findings: Record<SystemFinding, string> = {
  part_fails: "A part of the service fails: {part}.",
  embedder_down: "The network does not answer: no carrier is judged.",
  device_lost: "The graphics processor was lost; the main processor computes.",
  database_refuses: "The database refuses: {reason}",
  records_damaged: "{count} stored records cannot be read.",
  writes_wait: "{count} writes wait for the disk.",
  disk_full: "The disk is full: {free} free. No alarm can be kept.",
  disk_low: "The disk has little room: {free} free. No more pictures are kept.",
  clock_jumped: "The system’s clock jumped by {by}.",
  camera_not_live: "{lift}: {state}.",
  camera_drops: "{lift}: {share} of the frames come too late.",
  output_fails: "The output {name} does not deliver.",
  output_set_aside: "{name} refused {count} messages for good.",
  no_backup: "There is no backup yet.",
  backup_old: "The newest backup is {age} old.",
  backups_off: "No backup is made by itself.",
};

const findingAdvice: Record<SystemFinding, string> = {
  part_fails: "It is started again by itself; if this stays for minutes, restart the service.",
  embedder_down: "Watch the lifts yourself; it is started again by itself, else restart the service.",
  device_lost: "It works, more slowly: restart the machine at a quiet hour.",
  database_refuses: "Alarms are shown and not kept: make room on the disk, then look at the log.",
  records_damaged: "They are left out. Check a backup, and the disk.",
  writes_wait: "The disk is slow or busy: see what else uses it.",
  disk_full: "Delete or move files that are not Barwatch’s, at once.",
  disk_low: "Make room, or shorten what is kept.",
  clock_jumped: "Set it right, then press the button. Until then nothing old is deleted.",
  camera_not_live: "Watch this lift yourself; check cable, power and address of the camera.",
  camera_drops: "The machine does not keep up: a smaller picture or fewer frames from the camera help.",
  output_fails: "Alarms wait for it and are not lost: test it under Outputs.",
  output_set_aside: "Decide under Outputs: send again, or leave out.",
  no_backup: "Make one under Backups.",
  backup_old: "See under Backups why, and make one.",
  backups_off: "Set BARWATCH_BACKUP_HOUR, unless another program saves the data folder.",
};

const processKinds: Record<ProcessKind, string> = {
  main: "The service",
  embedder: "The network",
  camera: "Camera",
  helper: "Helpers",
};

const keptClasses: Record<KeptClassName, string> = {
  passages: "Carriers that passed",
  pictures: "Carriers with pictures",
  alarms: "Open bars",
  health_alarms: "Other alarms",
  reviews: "Reviewed carriers",
  clips: "Videos of alarms",
  held: "Held as evidence",
  self_tests: "Self-tests",
  audit: "Entries of the audit",
};

const keptFolders = {
  database: "Database",
  pictures: "Pictures",
  clips: "Videos of alarms",
  setup: "Set-ups",
  learnt: "What was learnt of lines",
  models: "Other models",
  backups: "Backups",
};

const recordStates: Record<RecordState, string> = {
  signed: "Signed, and in the audit",
  not_signed: "NO PROOF: the signature does not fit",
  other_key: "NO PROOF: signed by another key",
  changed: "NO PROOF: changed after it was signed",
  not_in_audit: "NO PROOF: the audit names another",
};

export const adminWords = { findings, findingAdvice, processKinds, keptClasses, keptFolders, recordStates };
