/* Why a lift is not watched. */

import type { NotWatched } from "../../api/types";

export const notWatched: Record<NotWatched, string> = {
  no_camera: "pas de caméra",
  no_address: "caméra sans adresse",
  no_track: "pas de trajet",
  no_masks: "pas de masques",
  camera_not_started: "caméra non démarrée",
  camera_starting: "la caméra démarre",
  camera_degraded: "caméra dégradée",
  camera_lost: "caméra perdue",
};
