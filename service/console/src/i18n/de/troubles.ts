/* Why a lift is not watched. */

import type { NotWatched } from "../../api/types";

export const notWatched: Record<NotWatched, string> = {
  no_camera: "keine Kamera",
  no_address: "Kamera ohne Adresse",
  no_track: "kein Weg",
  no_masks: "keine Masken",
  camera_not_started: "Kamera nicht gestartet",
  camera_starting: "Kamera startet",
  camera_degraded: "Kamera beeinträchtigt",
  camera_lost: "Kamera ausgefallen",
};
