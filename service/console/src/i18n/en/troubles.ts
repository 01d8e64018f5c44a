/* Why a lift is not watched. */

import type { NotWatched } from "../../api/types";

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
