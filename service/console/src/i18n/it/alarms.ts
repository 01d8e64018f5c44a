/* Alarms: their kinds, and what is said about them. */

import type { AlarmKind, NoClip } from "../../api/types";

export const alarmKinds: Record<AlarmKind, string> = {
  bar_open: "Barra aperta",
  camera_lost: "Telecamera persa",
  camera_frozen: "Immagine bloccata",
  view_changed: "Inquadratura cambiata",
  low_visibility: "Scarsa visibilità",
  worker_down: "Nessuna valutazione",
  lift_unknown_rate: "Troppe non valutabili",
  lift_invalid: "Seggiovia fuori servizio",
  overloaded: "Sovraccarico",
  service_down: "Servizio interrotto",
  storage_damaged: "Archivio danneggiato",
  disk_low: "Disco quasi pieno",
  clock_jumped: "Salto dell’orologio",
  backup_failed: "Backup non riuscito",
  output_failed: "Uscita guasta",
  self_test_missed: "Autotest mancato",
  self_test_failed: "Autotest non superato",
  self_test: "Autotest",
  input_doubtful: "Ingresso dubbio",
};

/** What is wrong with the machine, by the alarm's cause. */
export const machineTroubles: Record<string, string> = {
  disk_low:
    "Il disco della cartella dei dati ha poco spazio ({free_mb} MB liberi): non si conservano più immagini",
  disk_full:
    "Il disco della cartella dei dati è pieno ({free_mb} MB liberi): nessun allarme può essere salvato",
  database_gone:
    "Il file della banca dati è stato rimosso durante il funzionamento: rimetterlo al suo posto, o riavviare il servizio con un backup. Fino ad allora non si salva nulla",
  database_replaced:
    "Un altro file ha preso il posto della banca dati durante il funzionamento: riavviare il servizio",
  log_gone: "Il registro della banca dati è stato rimosso durante il funzionamento: riavviare il servizio",
  pictures_gone:
    "La cartella delle immagini è stata rimossa: riavviare il servizio, o ricrearla. Fino ad allora non si conserva alcuna immagine",
  pages: "La banca dati è danneggiata: ripristinare un backup",
  clock:
    "L’orologio è saltato di {by_s} s: non si cancella nulla finché qualcuno non conferma l’ora, o finché non torna giusta",
  backup: "Il backup previsto non è stato possibile: {reason}",
  output_failed: "Uscita {output}: il destinatario non riceve gli allarmi ({waiting} in attesa)",
  output_partly:
    "Uscita {output}: alcuni destinatari non ricevono gli allarmi: i loro indirizzi sono rifiutati",
  output_set_aside:
    "Uscita {output}: il destinatario rifiuta definitivamente degli allarmi ({set_aside} accantonati)",
  input_stale: "Un ingresso del comando della seggiovia non dice più nulla: non viene considerato",
  line_said_to_stand:
    "Un ingresso segnala l’arresto, ma la telecamera o un altro segnale mostra che l’impianto è in marcia: non viene considerato finché non ha segnalato la marcia",
  line_said_to_run:
    "Un ingresso segnala la marcia, ma la telecamera vede l’impianto fermo: la telecamera mostra questa seggiovia?",
  speed_differs: "La velocità data da un ingresso non corrisponde a quante seggiole vede la telecamera",
  pulses_missing:
    "La telecamera vede seggiole che l’ingresso a impulsi non conta: l’ingresso non viene considerato",
  unseen_carriers: "{unseen} delle ultime {counted} seggiole contate da un sensore non sono state viste",
};

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

const CONFIDENCE = "(certezza {confidence:percent1})";
const TOGETHER = "che non è stato possibile registrare una per una";

/** Of one carrier or of several, and whether somebody is known to sit there. */
export const openBars = {
  one: {
    occupied: `Barra aperta su una seggiola occupata ${CONFIDENCE}`,
    unclear: `Barra aperta su una seggiola forse occupata ${CONFIDENCE}`,
  },
  many: {
    occupied: `Barra aperta su {carriers} seggiole occupate, ${TOGETHER}`,
    unclear: `Barra aperta su {carriers} seggiole forse occupate, ${TOGETHER}`,
  },
};

export const alarmSentences = {
  "alarms.title": "Allarmi",
  "alarms.active": "Allarmi attivi",
  "alarms.none": "Finora nessuno.",
  "alarms.seatUnclear": "Barra aperta, seggiola forse occupata",
  "alarms.where": "{kind} · {place}",
  "alarms.wholeService": "tutto il servizio",
  "alarms.says": "{time} · {message}",
  "alarms.more": "e altri {count} non riconosciuti, più sotto",
  "alarms.still": "Ancora attivi: {alarms}",
  "alarms.withState": "{alarm} ({state})",
  "alarms.returned": "Terminato, ma nessuno lo ha riconosciuto.",
  "alarms.chatters": "{message}. Va e viene: {times} volte o più in un minuto",
  "alarms.unstored":
    "Non ancora salvato: la banca dati lo rifiuta, forse il disco è pieno. Non può essere riconosciuto.",
  "alarms.unstoredShort": "non ancora salvato",
  "alarms.provisional": "Provvisorio: questa seggiovia non è armata. Confrontare le immagini.",
  "alarms.late": "In ritardo: la seggiola è partita alle {time}, {seconds} s prima di questo allarme",
  "alarms.lateShort": "in ritardo",
  "alarms.picture": "Immagine {number} della seggiola",
  "alarms.notWatched": "Non sorvegliata dalle {since} alle {until}: il servizio era interrotto",
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
