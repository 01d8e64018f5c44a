/* Setting a lift up. */

import type { SetupStep, SetupWarning, SourceProblem } from "../../api/types";
import { addressRefusals, setupRefusals } from "./codes/refusals";

/** Why a camera cannot be watched, and what to do. */
const cameraProblems: Record<SourceProblem, string> = {
  no_such_host:
    "Il n’y a pas de «\u00a0{host}\u00a0» dans ce réseau. Cherchez une faute de frappe dans l’adresse.",
  refused: "{host} est là, mais rien ne répond au port {port}. Contrôlez le port, et si RTSP est activé.",
  unreachable: "{host} est injoignable. Contrôlez le câble, et si la caméra est alimentée.",
  wrong_password: "La caméra veut un utilisateur et un mot de passe, et ceux-ci ne sont pas les bons.",
  not_found: "La caméra répond, mais n’a pas ce flux. Contrôlez ce qui suit son nom dans l’adresse.",
  no_video: "La caméra répond, mais n’envoie pas d’image.",
  broke_off:
    "La caméra a répondu, puis son flux s’est interrompu\u00a0: contrôlez son alimentation et le réseau.",
  not_a_camera: "Ce qui répond à cette adresse n’est pas une caméra.",
  timed_out: "{host} n’a pas répondu à temps. Contrôlez l’adresse et le réseau.",
  no_such_secret:
    "Aucun mot de passe n’est conservé sous «\u00a0{name}\u00a0». Saisissez utilisateur et mot de passe.",
  secret_unreadable:
    "Le mot de passe «\u00a0{name}\u00a0» n’est plus lisible. Saisissez à nouveau utilisateur et mot de passe.",
  redirected:
    "{host} renvoie vers un autre hôte, pour lequel le mot de passe ne vaut pas. Saisissez cette adresse.",
  another_shape:
    "Ses images ont une autre proportion que celles du premier flux. Choisissez une autre taille dans la caméra.",
  another_scene: "Il montre une autre vue que le premier flux. Est-il de la même caméra\u00a0?",
  secret_of_another_host:
    "Le mot de passe «\u00a0{name}\u00a0» est pour une autre caméra. Saisissez utilisateur et mot de passe.",
};

/** Why looking at the camera led to nothing, and what to do; those of the camera are above. */
const setupProblems = {
  ...cameraProblems,
  too_short: "C’était trop court\u00a0: moins de trois sièges sont passés. Observez plus longtemps.",
  nothing_repeats:
    "Rien ne passe régulièrement dans cette image. Le télésiège tourne-t-il, et voit-on ses sièges\u00a0?",
  too_few_carriers: "Trop peu de sièges sont passés. Observez plus longtemps.",
  no_carrier: "Aucun siège n’a pu être découpé. Observez à nouveau, plus longtemps.",
  low_confidence:
    "Le trajet des sièges n’est pas net dans cette image. Observez à nouveau, ou rapprochez la caméra.",
  ...addressRefusals,
  no_space: "Le disque du service est plein.",
  process_lost: "Le travail s’est terminé de façon inattendue. Recommencez.",
  interrupted: "Le service a redémarré entre-temps. Recommencez.",
};

const setupSteps: Record<SetupStep, string> = {
  connecting: "Connexion à la caméra",
  watching: "Observation des sièges qui passent",
  following: "Recherche du trajet des sièges",
  learning: "Apprentissage de la ligne et découpe des sièges",
};

const setupWarnings: Record<SetupWarning, string> = {
  low_confidence:
    "Le trajet des sièges n’est pas tout à fait net\u00a0: regardez la ligne avant de continuer.",
  turning: "Les sièges tournent dans l’image\u00a0: tirez le début et la fin là où ils vont droit.",
  unsteady:
    "La ligne s’est arrêtée ou a changé de vitesse. Mieux vaut observer à nouveau en marche régulière.",
  short_way: "Le trajet est court\u00a0: écartez le début et la fin.",
  line_not_learnt:
    "La ligne n’a pas encore pu être apprise\u00a0: rien n’est évalué tant que la caméra ne l’a pas apprise elle-même.",
};

export const setupWords = { cameraProblems, setupProblems, setupRefusals, setupSteps, setupWarnings };

export const setupSentences = {
  "setup.new": "Nouveau télésiège",
  "setup.begun": "En cours de configuration\u00a0: {name}",
  "setup.open": "Configurer",
  "setup.openOf": "Configurer\u00a0: {name}",
  "setup.title": "Nouveau télésiège",
  "setup.titleOf": "Configurer {name}",
  "setup.steps": "Étapes",
  "setup.stepOf": "{number}. {step}",
  "setup.next": "Suite\u00a0: {step}",
  "setup.step.address": "Adresse",
  "setup.step.carriers": "Sièges",
  "setup.step.pick": "Choix",
  "setup.step.masks": "Masques",
  "setup.step.proof": "Voit-il\u00a0?",
  "setup.step.after": "Versions",
  "setup.viewer": "Un opérateur peut configurer ce télésiège\u00a0; vous pouvez regarder.",
  "setup.reading": "Lecture …",
  "setup.noJob": "Ce télésiège n’a pas encore de configuration.",

  "address.title": "Où est la caméra\u00a0?",
  "address.name": "Nom du télésiège",
  "address.url": "Adresse de la caméra",
  "address.urlHelp": "Collez-la telle que la donne le manuel de la caméra\u00a0: rtsp://10.0.0.12/live",
  "address.substream": "Second flux, si la caméra en a un",
  "address.substreamHelp":
    "Un flux plus petit de la même vue\u00a0: avec 640×360 à côté de 1920×1080, une caméra coûte moins de la moitié.",
  "address.second": "Second flux\u00a0: {problem}",
  "address.user": "Utilisateur",
  "address.password": "Mot de passe",
  "address.secretHelp":
    "Laissez les deux vides si la caméra n’en demande pas. Ils sont chiffrés et ne sont plus jamais affichés.",
  "address.secretKnown": "Un mot de passe est conservé. Laissez les deux vides pour le garder.",
  "address.look": "Regarder",
  "address.looking": "Recherche de la caméra …",
  "address.sees": "Voici ce que montre la caméra.",
  "address.facts": "{width}×{height}, {codec}, {fps} images par seconde",
  "address.view": "Ce que montre la caméra",
  "address.find": "Chercher les sièges",
  "address.again": "Regarder à nouveau",
  "address.nameTaken": "Il y a déjà un télésiège «\u00a0{name}\u00a0»\u00a0: choisissez un autre nom.",
  "address.begun":
    "Un télésiège «\u00a0{name}\u00a0» est déjà en cours de configuration\u00a0: continuez-la, ou choisissez un autre nom.",
  "address.needName": "Donnez au télésiège un nom avec des lettres ou des chiffres.",
  "address.notAddress":
    "Ce n’est pas une adresse\u00a0: écrivez-la comme rtsp://10.0.0.12/live ou rtsp://10.0.0.12:554/live.",

  "find.title": "Attendre des sièges",
  "find.what":
    "Laissez tourner le télésiège. Son trajet est trouvé tout seul\u00a0; cela prend environ deux minutes.",
  "find.progress": "{step}\u00a0: {share:percent}",
  "find.cancel": "Annuler",
  "find.retry": "Observer à nouveau",
  "find.longer": "Observer plus longtemps",
  "find.live": "Ce que montre la caméra maintenant",
  "find.found": {
    one: "{count} siège vu, un toutes les {interval:fixed1} s.",
    other: "{count} sièges vus, un toutes les {interval:fixed1} s.",
  },
  "find.check":
    "La ligne montre où les sièges sont évalués. Tirez ses extrémités si les sièges y sont cachés, ou utilisez les flèches.",
  "find.picture": "Un siège sur son trajet",
  "find.mark.begin": "Début du trajet",
  "find.mark.end": "Fin du trajet",
  "find.where": "{x:fixed0} vers la droite, {y:fixed0} vers le bas",
  "find.at": "Image au",
  "find.at.begin": "Début",
  "find.at.middle": "Milieu",
  "find.at.end": "Fin",
  "find.reset": "Remettre en place",
  "find.cut": "Découper à nouveau",
  "find.use": "Surveiller ce trajet",
  "find.watched": "Ce trajet est surveillé.",

  "pick.title": "Lesquels sont ouverts, lesquels fermés\u00a0?",
  "pick.what":
    "Touchez un siège au garde-corps ouvert et un au garde-corps fermé. Davantage améliore les masques.",
  "pick.count": "{open} ouverts, {closed} fermés choisis",
  "pick.as.open": "Ouvert",
  "pick.as.closed": "Fermé",
  "pick.occupied": "Occupé",
  "pick.empty": "Vide",
  "pick.of": "Siège {number}\u00a0: {state}",
  "pick.group": "Semblables\u00a0: {count}",
  "pick.groupOpen": "Semblables\u00a0: {count}, comme ceux choisis ouverts",
  "pick.groupClosed": "Semblables\u00a0: {count}, comme ceux choisis fermés",
  "pick.others": "Différents des autres",
  "pick.undo": "Annuler",
  "pick.discards": {
    one: "Les sièges sont recherchés à nouveau\u00a0: le choix de {count} siège est perdu. Les masques en place restent.",
    other:
      "Les sièges sont recherchés à nouveau\u00a0: le choix de {count} sièges est perdu. Les masques en place restent.",
  },
  "pick.discard": "Rechercher à nouveau",
  "pick.keep": "Garder les choix",
  "pick.carrier": "Siège {number}",
  "pick.none": "Pas encore de sièges.",
  "pick.need": "Choisissez un siège ouvert et un siège fermé pour continuer.",
};
