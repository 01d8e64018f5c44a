/* Alarms: their kinds, and what is said about them. */

import type { NoClip } from "../../api/types";

/** Why an alarm has no clip. */
export const noClips: Record<NoClip, string> = {
  codec: "nessun browser riproduce ciò che invia questa telecamera (MJPEG): impostarla su H.264",
  no_key_frame:
    "i fotogrammi chiave della telecamera sono troppo distanti: impostarne uno ogni uno-quattro secondi",
  no_pictures: "la telecamera non aveva inviato nulla di conservabile",
  no_answer: "il processo della telecamera è terminato nel frattempo",
  busy: "il disco era troppo lento",
  disk: "il disco è troppo pieno, o non è scrivibile",
  missing: "il file non c’è più",
  expired: "il tempo di conservazione è scaduto, o ha fatto posto a video più recenti",
  deleted: "qualcuno lo ha fatto cancellare",
  pending: "è in registrazione",
  service_ended: "il servizio è terminato prima che arrivasse",
  not_made: "in quel momento non ne è stato fatto alcuno",
  kind: "gli allarmi di questo tipo non ne hanno",
  off: "i video sono disattivati (BARWATCH_CLIPS)",
  hidden:
    "le persone sono rese irriconoscibili in ciò che si conserva, e in un video non è possibile. Un amministratore può decidere diversamente (BARWATCH_CLIPS)",
};

export const alarmSentences = {
  "alarms.title": "Allarmi",
  "alarms.unseen": "non riconosciuti",
  "alarms.active": "Allarmi attivi",
  "alarms.none": "Finora nessuno.",
  "alarms.says": "{time} · {message}",
  "alarms.more": "e altri {count} non riconosciuti",
  "alarms.still": "Ancora attivi: {alarms}",
  "alarms.withState": "{alarm} ({state})",
  "alarms.returned": "Terminato, ma nessuno lo ha riconosciuto.",
  "alarms.unstored":
    "Non ancora salvato: la banca dati lo rifiuta, forse il disco è pieno. Non può essere riconosciuto.",
  "alarms.unstoredShort": "non ancora salvato",
  "alarms.provisional": "Provvisorio: questa seggiovia non è armata. Confrontare le immagini.",
  "alarms.late": "In ritardo: la seggiola è partita alle {time}, {seconds} s prima di questo allarme",
  "alarms.lateShort": "in ritardo",
  "alarms.picture": "Immagine {number} della seggiola",
  "alarms.flood":
    "Valanga di allarmi: {alarms} in dieci minuti, dalle {time}. I più importanti sono in cima.",
  "alarms.group":
    "{count} barre aperte dalle {time}, di cui {returned} nel frattempo terminate. È mostrata la più recente.",
  "alarms.acknowledgeGroup": "Riconoscere tutti e {count}",
  "alarms.acknowledgeGroupOf": "Riconoscere tutte e {count} le barre aperte di {place}",
  "alarms.shelvedUntil": "sospeso fino alle {time} da {by}: {reason}",
  "alarms.follows": "conseguenza di: {kind}",
  "alarms.shelve": "Sospendere",
  "alarms.shelveWhich": "Sospendere: {which}",
  "alarms.unshelve": "Riattivare",
  "alarms.unshelveWhich": "Riattivare: {which}",
  "away.what": "Cosa",
  "away.howLong": "Per quanto",
  "away.why": "Perché",
  "away.minutes": { one: "{count} minuto", other: "{count} minuti" },
  "away.hours": { one: "{count} ora", other: "{count} ore" },
  "away.cancel": "Annullare",
  "alarms.acknowledge": "Riconoscere",
  "alarms.confirmClock": "L’ora è giusta",
  "alarms.acknowledgeWhich": "Riconoscere: {kind}, {place}, {time}",
  "clip.evidence": "Prove",
  "clip.evidenceOf": "Prove: {kind}, {place}, {time}",
  "clip.show": "Video",
  "clip.label": "Video dell’allarme",
  "clip.span": "Da {before:fixed1} s prima a {after:fixed1} s dopo.",
  "clip.beginsLate": "Comincia tardi: prima la telecamera non aveva inviato fotogrammi chiave.",
  "clip.endsEarly": "Finisce presto: la telecamera è stata persa.",
  "clip.cutShort": "Finisce presto: il servizio è stato fermato.",
  "clip.showsPeople": "Vi si riconoscono persone. Chi lo guarda viene registrato.",
  "clip.unplayable": "Questo browser non può riprodurlo ({codec}): salvare il file.",
  "clip.save": "Salvare",
  "clip.none": "Nessun video: {reason}.",
  "clip.notRead": "Nessun video: {problem}",
  "alarms.notAcknowledged": "Non riconosciuto: {problem}",
};
