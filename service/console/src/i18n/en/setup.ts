/* Setting a lift up. */

import type { SetupStep, SetupWarning, SourceProblem } from "../../api/types";
import { addressRefusals, setupRefusals } from "./codes/refusals";

/** Why a camera cannot be watched, and what to do. */
const cameraProblems: Record<SourceProblem, string> = {
  no_such_host: "There is no “{host}” in this network. Check the address for a typing error.",
  refused:
    "{host} is there, but nothing answers at port {port}. Check the port, and that RTSP is switched on.",
  unreachable: "{host} cannot be reached. Check the cable, and that the camera has power.",
  wrong_password: "The camera wants a user and a password, and these are not the right ones.",
  not_found: "The camera answers, but has no such stream. Check what stands behind its name in the address.",
  no_video: "The camera answers, but sends no picture.",
  broke_off: "The camera answered, then its stream broke off: look at its power and at the network.",
  not_a_camera: "What answers at this address is not a camera.",
  timed_out: "{host} did not answer in time. Check the address and the network.",
  no_such_secret: "No password is stored as “{name}”. Type user and password.",
  secret_unreadable: "The password “{name}” can no longer be read. Type user and password again.",
  redirected: "{host} sends whoever asks to another host, which the password is not for. Type that address.",
  another_shape:
    "Its pictures have another shape than the first stream’s. Choose another size for it in the camera.",
  another_scene: "It shows another view than the first stream. Is it of the same camera?",
  secret_of_another_host: "The password “{name}” is for another camera. Type user and password.",
};

/** Why looking at the camera led to nothing, and what to do; those of the camera are above. */
const setupProblems = {
  ...cameraProblems,
  too_short: "That was too short: fewer than three carriers passed. Look for longer.",
  nothing_repeats:
    "Nothing passes regularly in this picture. Is the lift running, and are its carriers in view?",
  too_few_carriers: "Too few carriers passed. Look for longer.",
  no_carrier: "No carrier could be cut out. Look again, for longer.",
  low_confidence: "The carriers' way is not clear in this picture. Look again, or move the camera nearer.",
  ...addressRefusals,
  no_space: "The service's disk is full.",
  process_lost: "The work ended unexpectedly. Start again.",
  interrupted: "The service was restarted meanwhile. Start again.",
};

const setupSteps: Record<SetupStep, string> = {
  connecting: "Connecting to the camera",
  watching: "Watching carriers pass",
  following: "Finding the carriers' way",
  learning: "Learning the line and cutting the carriers out",
};

const setupWarnings: Record<SetupWarning, string> = {
  low_confidence: "The carriers' way is not quite clear: look at the line before you go on.",
  turning: "Carriers turn while they are in view: drag begin and end to where they go straight.",
  unsteady: "The line stopped or changed its speed. It is better to look again while it runs steadily.",
  short_way: "The way is short: drag begin and end further apart.",
  line_not_learnt:
    "The line could not be learnt yet: nothing is judged until the camera has learnt it itself.",
};

export const setupWords = { cameraProblems, setupProblems, setupRefusals, setupSteps, setupWarnings };

export const setupSentences = {
  "setup.new": "New lift",
  "setup.begun": "Being set up: {name}",
  "setup.open": "Set up",
  "setup.openOf": "Set up: {name}",
  "setup.title": "New lift",
  "setup.titleOf": "Set up {name}",
  "setup.steps": "Steps",
  "setup.stepOf": "{number}. {step}",
  "setup.next": "Next: {step}",
  "setup.step.address": "Address",
  "setup.step.carriers": "Carriers",
  "setup.step.pick": "Pick",
  "setup.step.masks": "Masks",
  "setup.step.proof": "Does it see?",
  "setup.step.after": "Versions",
  "setup.viewer": "An operator can set this lift up; you may look.",
  "setup.reading": "Reading …",
  "setup.noJob": "This lift has no set-up yet.",

  "address.title": "Where is the camera?",
  "address.name": "Name of the lift",
  "address.url": "Camera's address",
  "address.urlHelp": "Paste it as the camera's manual gives it: rtsp://10.0.0.12/live",
  "address.substream": "Second stream, if the camera has one",
  "address.substreamHelp":
    "A smaller stream of the same view: with 640×360 beside 1920×1080, a camera costs less than half.",
  "address.second": "Second stream: {problem}",
  "address.user": "User",
  "address.password": "Password",
  "address.secretHelp":
    "Leave both empty if the camera asks for none. They are encrypted and never shown again.",
  "address.secretKnown": "A password is stored. Leave both empty to keep it.",
  "address.look": "Look",
  "address.looking": "Looking for the camera …",
  "address.sees": "The camera shows this.",
  "address.facts": "{width}×{height}, {codec}, {fps} pictures a second",
  "address.view": "What the camera shows",
  "address.find": "Find the carriers",
  "address.again": "Look again",
  "address.nameTaken": "There is a lift “{name}” already: choose another name.",
  "address.begun": "A lift “{name}” is being set up already: go on with it, or choose another name.",
  "address.needName": "Give the lift a name with letters or digits.",
  "address.notAddress":
    "This is no address: write it like rtsp://10.0.0.12/live or rtsp://10.0.0.12:554/live.",

  "find.title": "Wait for carriers",
  "find.what": "Let the lift run. Its track is found by itself; this takes about two minutes.",
  "find.progress": "{step}: {share:percent}",
  "find.cancel": "Cancel",
  "find.retry": "Look again",
  "find.longer": "Look for longer",
  "find.live": "What the camera shows now",
  "find.found": {
    one: "{count} carrier seen, one every {interval:fixed1} s.",
    other: "{count} carriers seen, one every {interval:fixed1} s.",
  },
  "find.check":
    "The line shows where carriers are judged. Drag its ends if they are hidden there, or use the arrow keys.",
  "find.picture": "A carrier on its track",
  "find.mark.begin": "Begin of the track",
  "find.mark.end": "End of the track",
  "find.where": "{x:fixed0} to the right, {y:fixed0} down",
  "find.at": "Picture at",
  "find.at.begin": "Begin",
  "find.at.middle": "Middle",
  "find.at.end": "End",
  "find.reset": "Put back",
  "find.cut": "Cut out again",
  "find.use": "Watch this track",
  "find.watched": "This track is watched.",

  "pick.title": "Which are open, which are closed?",
  "pick.what": "Tap one carrier with the bar open and one with the bar closed. More make the masks better.",
  "pick.count": "{open} open, {closed} closed picked",
  "pick.as.open": "Open",
  "pick.as.closed": "Closed",
  "pick.occupied": "Occupied",
  "pick.empty": "Empty",
  "pick.of": "Carrier {number}: {state}",
  "pick.group": "Alike: {count}",
  "pick.groupOpen": "Alike: {count}, as picked open",
  "pick.groupClosed": "Alike: {count}, as picked closed",
  "pick.others": "Not like the others",
  "pick.undo": "Undo",
  "pick.discards": {
    one: "Carriers are found anew: the pick of {count} carrier is lost. Enrolled masks stay.",
    other: "Carriers are found anew: the picks of {count} carriers are lost. Enrolled masks stay.",
  },
  "pick.discard": "Find them anew",
  "pick.keep": "Keep the picks",
  "pick.carrier": "Carrier {number}",
  "pick.none": "No carriers yet.",
  "pick.need": "Pick one open and one closed carrier to go on.",
};
