/* What is wrong with a camera, with its numbers. Where a code has several sentences, the first that fits its numbers counts. */

import type { NotWatched, Reason, SourceProblem } from "../../api/types";
import { reasons } from "./reasons";

/** Why frames do not come although nothing is known to be wrong with the camera. */
type Pause = "starting" | "connecting" | "ended" | "process_down";

const pauses: Record<Pause, string> = {
  starting: "démarre",
  connecting: "connexion",
  ended: "l’enregistrement est terminé",
  process_down: "le processus de la caméra redémarre",
};

const sourceProblems: Record<SourceProblem, string> = {
  no_such_host: "cet hôte n’existe pas\u00a0: contrôlez son nom, et le serveur de noms de cette machine",
  refused: "la connexion est refusée\u00a0: contrôlez le port, et si le flux est activé",
  unreachable: "cet hôte est injoignable\u00a0: contrôlez câble, réseau et pare-feu",
  wrong_password: "la caméra refuse le nom ou le mot de passe",
  not_found: "il n’y a pas de flux à ce chemin\u00a0: contrôlez ce qui suit l’hôte",
  no_video: "elle répond, mais n’envoie pas de vidéo décodable",
  broke_off: "elle a répondu, puis son flux s’est interrompu",
  not_a_camera:
    "quelque chose répond, mais ce n’est pas le flux d’une caméra\u00a0: contrôlez port et chemin",
  timed_out: "délai dépassé\u00a0: pas de réponse, ou pas d’image, en quelques secondes",
  no_such_secret: "le mot de passe de la caméra n’est pas conservé ici\u00a0: enregistrez-le à nouveau",
  secret_unreadable:
    "le mot de passe conservé de la caméra est illisible\u00a0: sa clé est perdue ou différente",
  redirected:
    "la caméra renvoie vers un autre hôte, pour lequel son mot de passe ne vaut pas\u00a0: donnez cette adresse",
  secret_of_another_host: "le mot de passe conservé de la caméra est pour un autre hôte",
};

/** Causes of alarms that are no reasons of a carrier. */
const alarmCauses = {
  "unknown passages": "trop de sièges ne peuvent pas être évalués",
  "another lift": "les sièges ne ressemblent pas à ceux de ce télésiège",
};

/** In a few words: codes of cameras, of alarms' causes and of passages. */
export const causes = { ...alarmCauses, ...pauses, ...sourceProblems, ...reasons };

const UNABLE = "cette machine ne suit pas";

/** The same with numbers and advice, where there are any. */
export const troubles: Partial<Record<Reason, readonly string[]>> = {
  dark: [
    "l’image est sombre\u00a0: les zones les plus claires sont à {brightest} sur 255. Lumière éteinte, ou objectif couvert\u00a0?",
  ],
  over_exposed: [
    "l’image est surexposée\u00a0: {white_share:percent} en est blanc. Soleil, ou phares\u00a0?",
  ],
  lens_covered: [
    "l’objectif est couvert, ou dans le brouillard\u00a0: les détails ne se distinguent que de {detail} niveaux de gris",
    "l’objectif est couvert (neige, glace, saleté), ou dans le brouillard\u00a0: seuls {outlines_share:percent} des contours de la vue de référence sont visibles",
  ],
  lens_partly_covered: [
    "une grande partie de l’objectif est couverte (neige, glace, saleté), ou dans le brouillard\u00a0: seuls {outlines_share:percent} des contours de la vue de référence sont visibles",
  ],
  blurred: [
    "l’image est floue\u00a0: {sharpness_share:percent} de la netteté de la vue de référence. Objectif mouillé, ou mal réglé\u00a0?",
  ],
  another_view: [
    "le cadrage n’est pas celui de référence\u00a0: seulement {alike_share:percent} de ressemblance. Caméra tournée, ou autre caméra\u00a0?",
  ],
  camera_moved: [
    "la caméra a bougé\u00a0: son cadrage est décalé de ({x_px}, {y_px}) px pour une image de 1280 de large",
  ],
  camera_frozen: ["la caméra envoie la même image depuis {still_s} s"],
  no_frames: ["aucune image depuis {silent_s} s"],
  no_carriers: [
    "aucun siège reconnu depuis {without_s} s, bien que des images arrivent et que des choses y bougent\u00a0: trajet et masques conviennent-ils à cette vue\u00a0?",
  ],
  overloaded: [
    `${UNABLE} : {dropped_share:percent} des images de la caméra ont été abandonnées`,
    `${UNABLE} : elle lit {read_share:percent} de ce que la caméra envoie`,
  ],
  too_few_pictures: ["{per_s} images par seconde ne suffisent pas pour voir chaque siège de cette ligne"],
  slow_camera: ["la caméra envoie {per_s} images par seconde au lieu de {usual_per_s} d’habitude"],
};

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
