/* Why a lift is not watched. */

import type { NotWatched } from "../../api/types";

export const notWatched: Record<NotWatched, string> = {
  no_camera: "nessuna telecamera",
  no_address: "telecamera senza indirizzo",
  no_track: "nessun percorso",
  no_masks: "nessuna maschera",
  camera_not_started: "telecamera non avviata",
  camera_starting: "telecamera in avvio",
  camera_degraded: "telecamera degradata",
  camera_lost: "telecamera persa",
};
