/* Alarms: their kinds, and what is said about them. */

import type { NoClip } from "../../api/types";

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

export const alarmSentences = {
  "alarms.title": "Alarmes",
  "alarms.unseen": "non acquittées",
  "alarms.active": "Alarmes en cours",
  "alarms.none": "Aucune pour l’instant.",
  "alarms.says": "{time} · {message}",
  "alarms.more": "et {count} autres non acquittées",
  "alarms.still": "Toujours en cours\u00a0: {alarms}",
  "alarms.withState": "{alarm} ({state})",
  "alarms.returned": "Terminée, mais personne ne l’a acquittée.",
  "alarms.unstored":
    "Pas encore enregistrée\u00a0: la base de données la refuse, le disque est peut-être plein. Elle ne peut pas être acquittée.",
  "alarms.unstoredShort": "pas encore enregistrée",
  "alarms.provisional": "Provisoire\u00a0: ce télésiège n’est pas armé. Comparez les images.",
  "alarms.late": "Tardive\u00a0: le siège est parti à {time}, {seconds} s avant cette alarme",
  "alarms.lateShort": "tardive",
  "alarms.picture": "Image {number} du siège",
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
