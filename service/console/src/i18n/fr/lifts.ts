/* Lifts, their cameras and their last carriers. */

import type { CameraState, Role, ServiceScope } from "../../api/types";

const cameraStates: Record<CameraState, string> = {
  starting: "démarre",
  live: "en service",
  degraded: "dégradée",
  lost: "caméra perdue",
};
const serviceScopes: Record<ServiceScope, string> = { lift: "tout le télésiège", camera: "la caméra" };

const roles: Record<Role, string> = { viewer: "observateur", operator: "opérateur", admin: "administrateur" };

/** What the line does. */
const lineSpeeds = {
  stopped: "à l’arrêt",
  backwards: "en marche arrière",
  unknown: "inconnue",
};

export const liftWords = {
  lineSpeeds,
  cameraStates,
  serviceScopes,
  roles,
};

export const liftSentences = {
  "service.takeOut": "Mettre hors service",
  "service.takeOutWhich": "Mettre {name} hors service",
  "service.out": "HORS SERVICE\u00a0: {what}, jusqu’à {time}, par {by}\u00a0: {reason}",
  "service.putBack": "Remettre en service",
  "service.putBackWhich": "Remettre {name} en service",
  "lifts.title": "Télésièges",
  "lifts.none": "Aucun télésiège\u00a0: configurez-en un.",
  "lifts.noCamera": "pas de caméra",
  "lifts.view": "Ce que voit la caméra de {name}",
  "lifts.noPicture": "pas d’image",
  "lifts.all": "Tous les télésièges",
  "lifts.reading": "Lecture du télésiège.",
  "lifts.gone": "Il n’y a pas de télésiège «\u00a0{id}\u00a0».",
  "lifts.notRead": "Ce qui suit date de {age}\u00a0: le service ne répond pas.",
  "lifts.rate": "{rate:fixed0} images/s",
  "lifts.line": "ligne\u00a0: {speed}",
  "lifts.masks": "masques v{version}",
  "lifts.noMasks": "pas de masques\u00a0: rien n’est évalué",
  "lifts.armed": "armé",
  "lifts.notArmed": "non armé",
  "lifts.notArmedWhy": "non armé\u00a0: {why}",
  "lifts.notArmedWhyWhat": "non armé\u00a0: {why}\u00a0; {what}",

  "carrier.none": "encore aucun siège",
  "carrier.who": "siège {number}, {seat}",
  "carrier.confidence": "certitude {confidence:percent}",
  "carrier.standsFor": "représente {carriers} sièges",
  "carrier.late": "tardif\u00a0: parti {seconds} s avant d’être évalué",
  "carrier.begin": "Début\u00a0: {verdict}",
  "carrier.middle": "Milieu\u00a0: {verdict}",
  "carrier.end": "Fin\u00a0: {verdict}",
  "carrier.recent": "Derniers sièges, le plus récent d’abord",
  "carrier.recentOne": "{time}\u00a0: {verdict}, {seat}",
  "carrier.why": "Où le garde-corps a-t-il été vu\u00a0?",
  "carrier.whyColours":
    "ambre\u00a0: sur le masque ouvert\u00a0; bleu\u00a0: sur le masque fermé\u00a0; violet\u00a0: sur les deux\u00a0; blanc\u00a0: sur aucun",
};
