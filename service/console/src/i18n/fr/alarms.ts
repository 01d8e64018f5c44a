/* Alarms: their kinds, and what is said about them. */

import type { AlarmKind, NoClip } from "../../api/types";

export const alarmKinds: Record<AlarmKind, string> = {
  bar_open: "Garde-corps ouvert",
  camera_lost: "Caméra perdue",
  camera_frozen: "Image figée",
  view_changed: "Cadrage modifié",
  low_visibility: "Mauvaise visibilité",
  worker_down: "Pas d’évaluation",
  lift_unknown_rate: "Trop d’indéterminés",
  lift_invalid: "Télésiège hors service",
  overloaded: "Surcharge",
  service_down: "Service interrompu",
  storage_damaged: "Stockage endommagé",
  disk_low: "Disque presque plein",
  clock_jumped: "Saut de l’horloge",
  backup_failed: "Échec de la sauvegarde",
  output_failed: "Sortie en panne",
  self_test_missed: "Autotest manquant",
  self_test_failed: "Autotest échoué",
  self_test: "Autotest",
  input_doubtful: "Entrée douteuse",
};

/** What is wrong with the machine, by the alarm's cause. */
export const machineTroubles: Record<string, string> = {
  disk_low:
    "Le disque du dossier de données est presque plein ({free_mb} Mo libres)\u00a0: plus aucune image n’est conservée",
  disk_full:
    "Le disque du dossier de données est plein ({free_mb} Mo libres)\u00a0: aucune alarme ne peut être enregistrée",
  database_gone:
    "Le fichier de la base de données a été supprimé pendant le fonctionnement\u00a0: remettez-le en place, ou redémarrez le service avec une sauvegarde. D’ici là, rien n’est enregistré",
  database_replaced:
    "Un autre fichier a pris la place de la base de données pendant le fonctionnement\u00a0: redémarrez le service",
  log_gone:
    "Le journal de la base de données a été supprimé pendant le fonctionnement\u00a0: redémarrez le service",
  pictures_gone:
    "Le dossier des images a été supprimé\u00a0: redémarrez le service, ou recréez-le. D’ici là, aucune image n’est conservée",
  pages: "La base de données est endommagée\u00a0: restaurez une sauvegarde",
  clock:
    "L’horloge a sauté de {by_s} s\u00a0: rien n’est supprimé tant que personne n’a confirmé l’heure, ou qu’elle n’est pas redevenue juste",
  backup: "La sauvegarde prévue n’a pas pu être faite\u00a0: {reason}",
  output_failed: "Sortie {output}\u00a0: son destinataire ne reçoit pas les alarmes ({waiting} en attente)",
  output_partly:
    "Sortie {output}\u00a0: certains destinataires ne reçoivent pas les alarmes\u00a0: leurs adresses sont refusées",
  output_set_aside:
    "Sortie {output}\u00a0: son destinataire refuse définitivement des alarmes ({set_aside} mises de côté)",
  input_stale: "Une entrée de l’automate du télésiège ne dit plus rien\u00a0: elle n’est pas prise en compte",
  line_said_to_stand:
    "Une entrée annonce l’arrêt, mais la caméra ou un autre signal montre que la ligne tourne\u00a0: elle n’est plus prise en compte tant qu’elle n’a pas annoncé la marche",
  line_said_to_run:
    "Une entrée annonce la marche, mais la caméra voit la ligne à l’arrêt\u00a0: la caméra montre-t-elle bien ce télésiège\u00a0?",
  speed_differs:
    "La vitesse donnée par une entrée ne correspond pas à la fréquence des sièges vus par la caméra",
  pulses_missing:
    "La caméra voit des sièges que l’entrée à impulsions ne compte pas\u00a0: l’entrée n’est pas prise en compte",
  unseen_carriers: "{unseen} des {counted} derniers sièges comptés par un capteur n’ont pas été vus",
};

/** Why an alarm has no clip. */
export const noClips: Record<NoClip, string> = {
  codec: "aucun navigateur ne lit ce que cette caméra envoie (MJPEG)\u00a0: réglez-la sur H.264",
  no_key_frame:
    "les images clés de la caméra sont trop espacées\u00a0: réglez-en une toutes les une à quatre secondes",
  no_pictures: "la caméra n’avait rien envoyé qui puisse être conservé",
  no_answer: "le processus de la caméra s’est terminé entre-temps",
  busy: "le disque était trop lent",
  disk: "le disque est trop plein, ou n’a pas pu être écrit",
  missing: "son fichier a disparu",
  expired: "sa durée de conservation est écoulée, ou elle a fait place à de plus récentes",
  deleted: "quelqu’un l’a fait supprimer",
  pending: "elle est en cours d’enregistrement",
  service_ended: "le service s’est arrêté avant qu’elle arrive",
  not_made: "aucune n’a été faite à ce moment",
  kind: "les alarmes de ce type n’en ont pas",
  off: "les vidéos sont désactivées (BARWATCH_CLIPS)",
  hidden:
    "les personnes sont masquées dans ce qui est conservé, ce qu’une vidéo ne permet pas. Un administrateur peut en décider autrement (BARWATCH_CLIPS)",
};

const CONFIDENCE = "(certitude {confidence:percent1})";
const TOGETHER = "qui n’ont pas pu être enregistrés un par un";

/** Of one carrier or of several, and whether somebody is known to sit there. */
export const openBars = {
  one: {
    occupied: `Garde-corps ouvert sur un siège occupé ${CONFIDENCE}`,
    unclear: `Garde-corps ouvert sur un siège peut-être occupé ${CONFIDENCE}`,
  },
  many: {
    occupied: `Garde-corps ouvert sur {carriers} sièges occupés, ${TOGETHER}`,
    unclear: `Garde-corps ouvert sur {carriers} sièges peut-être occupés, ${TOGETHER}`,
  },
};

export const alarmSentences = {
  "alarms.title": "Alarmes",
  "alarms.active": "Alarmes en cours",
  "alarms.none": "Aucune pour l’instant.",
  "alarms.seatUnclear": "Garde-corps ouvert, siège peut-être occupé",
  "alarms.where": "{kind} · {place}",
  "alarms.wholeService": "tout le service",
  "alarms.says": "{time} · {message}",
  "alarms.more": "et {count} autres non acquittées, plus bas",
  "alarms.still": "Toujours en cours\u00a0: {alarms}",
  "alarms.withState": "{alarm} ({state})",
  "alarms.returned": "Terminée, mais personne ne l’a acquittée.",
  "alarms.chatters": "{message}. Elle va et vient\u00a0: {times} fois ou plus en une minute",
  "alarms.unstored":
    "Pas encore enregistrée\u00a0: la base de données la refuse, le disque est peut-être plein. Elle ne peut pas être acquittée.",
  "alarms.unstoredShort": "pas encore enregistrée",
  "alarms.provisional": "Provisoire\u00a0: ce télésiège n’est pas armé. Comparez les images.",
  "alarms.late": "Tardive\u00a0: le siège est parti à {time}, {seconds} s avant cette alarme",
  "alarms.lateShort": "tardive",
  "alarms.picture": "Image {number} du siège",
  "alarms.notWatched": "Non surveillé de {since} à {until}\u00a0: le service était interrompu",
  "alarms.flood":
    "Avalanche\u00a0: {alarms} alarmes en dix minutes, depuis {time}. Les plus importantes sont en tête.",
  "alarms.group":
    "{count} garde-corps ouverts depuis {time}, dont {returned} terminés. Le plus récent est affiché.",
  "alarms.acknowledgeGroup": "Acquitter les {count}",
  "alarms.acknowledgeGroupOf": "Acquitter les {count} garde-corps ouverts de {place}",
  "alarms.shelvedUntil": "mise en attente jusqu’à {time} par {by}\u00a0: {reason}",
  "alarms.follows": "conséquence de\u00a0: {kind}",
  "alarms.shelve": "Mettre en attente",
  "alarms.shelveWhich": "Mettre en attente\u00a0: {which}",
  "alarms.unshelve": "Reprendre",
  "alarms.unshelveWhich": "Reprendre\u00a0: {which}",
  "away.what": "Quoi",
  "away.howLong": "Pendant combien de temps",
  "away.why": "Pourquoi",
  "away.minutes": { one: "{count} minute", other: "{count} minutes" },
  "away.hours": { one: "{count} heure", other: "{count} heures" },
  "away.cancel": "Annuler",
  "alarms.acknowledge": "Acquitter",
  "alarms.confirmClock": "L’heure est juste",
  "alarms.acknowledgeWhich": "Acquitter\u00a0: {kind}, {place}, {time}",
  "clip.evidence": "Preuves",
  "clip.evidenceOf": "Preuves\u00a0: {kind}, {place}, {time}",
  "clip.show": "Vidéo",
  "clip.label": "Vidéo de l’alarme",
  "clip.span": "De {before:fixed1} s avant à {after:fixed1} s après.",
  "clip.beginsLate": "Elle commence tard\u00a0: la caméra n’avait pas envoyé d’image clé avant.",
  "clip.endsEarly": "Elle finit tôt\u00a0: la caméra a été perdue.",
  "clip.cutShort": "Elle finit tôt\u00a0: le service a été arrêté.",
  "clip.showsPeople": "Des personnes sont reconnaissables. Qui la regarde est consigné.",
  "clip.unplayable": "Ce navigateur ne peut pas la lire ({codec})\u00a0: enregistrez le fichier.",
  "clip.save": "Enregistrer",
  "clip.none": "Pas de vidéo\u00a0: {reason}.",
  "clip.notRead": "Pas de vidéo\u00a0: {problem}",
  "alarms.notAcknowledged": "Non acquittée\u00a0: {problem}",
};
