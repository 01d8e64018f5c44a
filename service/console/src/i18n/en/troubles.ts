/* What is wrong with a camera, with its numbers. Where a code has several sentences, the first that fits its numbers counts. */

import type { NotWatched, Reason, SourceProblem } from "../../api/types";
import { reasons } from "./reasons";

/** Why frames do not come although nothing is known to be wrong with the camera. */
type Pause = "starting" | "connecting" | "ended" | "process_down";

const pauses: Record<Pause, string> = {
  starting: "starting",
  connecting: "connecting",
  ended: "the recording has ended",
  process_down: "the camera's process is being restarted",
};

const sourceProblems: Record<SourceProblem, string> = {
  no_such_host: "there is no such host: check its name, and this machine's name server",
  refused: "the connection is refused: check the port, and whether the stream is switched on",
  unreachable: "this host cannot be reached: check cable, network and firewall",
  wrong_password: "the camera refuses the name or the password",
  not_found: "there is no stream at this path: check what follows the host",
  no_video: "it answers, but sends no video that can be decoded",
  broke_off: "it answered, then its stream broke off",
  not_a_camera: "something answers, but it is not a camera's stream: check port and path",
  timed_out: "timed out: no answer, or no picture, within a few seconds",
  no_such_secret: "the camera's password is not stored here: store it again",
  secret_unreadable: "the camera's stored password cannot be read: its key is lost or another",
  redirected: "the camera redirects to another host, which its password is not for: give that address",
  secret_of_another_host: "the camera's stored password is for another host",
};

/** Causes of alarms that are no reasons of a carrier. */
const alarmCauses = {
  "unknown passages": "too many carriers cannot be judged",
  "another lift": "the carriers do not look like this lift's",
};

/** In a few words: codes of cameras, of alarms' causes and of passages. */
export const causes = { ...alarmCauses, ...pauses, ...sourceProblems, ...reasons };

const UNABLE = "this machine cannot keep up";

/** The same with numbers and advice, where there are any. */
export const troubles: Partial<Record<Reason, readonly string[]>> = {
  dark: ["the picture is dark: the brightest areas are at {brightest} of 255. Light off, or lens covered?"],
  over_exposed: ["the picture is over-exposed: {white_share:percent} of it is white. Sun, or headlights?"],
  lens_covered: [
    "the lens is covered, or in fog: its details are only {detail} grey levels apart",
    "the lens is covered (snow, ice, dirt), or in fog: only {outlines_share:percent} of the reference view's outlines can be seen",
  ],
  lens_partly_covered: [
    "much of the lens is covered (snow, ice, dirt), or in fog: only {outlines_share:percent} of the reference view's outlines can be seen",
  ],
  blurred: [
    "the picture is blurred: {sharpness_share:percent} of the reference view's sharpness. Lens wet, or out of focus?",
  ],
  another_view: [
    "the view is not the reference view: only {alike_share:percent} alike. Camera turned, or another camera?",
  ],
  camera_moved: ["the camera has moved: its view is off by ({x_px}, {y_px}) px of a picture 1280 across"],
  camera_frozen: ["the camera has sent the same picture for {still_s} s"],
  no_frames: ["no frame for {silent_s} s"],
  no_carriers: [
    "no carrier recognised for {without_s} s, although pictures come and things move in them: do track and masks fit this view?",
  ],
  overloaded: [
    `${UNABLE}: {dropped_share:percent} of the camera's frames were dropped`,
    `${UNABLE}: it reads {read_share:percent} of what the camera sends`,
  ],
  too_few_pictures: ["{per_s} pictures a second are too few to see each carrier of this line"],
  slow_camera: ["the camera sends {per_s} pictures a second where it used to send {usual_per_s}"],
};

export const notWatched: Record<NotWatched, string> = {
  no_camera: "no camera",
  no_address: "camera without an address",
  no_track: "no track",
  no_masks: "no masks",
  camera_not_started: "camera not started",
  camera_starting: "camera starting",
  camera_degraded: "camera degraded",
  camera_lost: "camera lost",
};
