/* Alarme: ihre Arten, und was über sie gesagt wird. */

export const alarmKinds = {
  bar_open: "Bügel offen",
  camera_lost: "Kamera ausgefallen",
  camera_frozen: "Bild eingefroren",
  view_changed: "Ausschnitt verändert",
  low_visibility: "Schlechte Sicht",
  worker_down: "Keine Beurteilung",
  lift_unknown_rate: "Zu viele unbeurteilt",
  lift_invalid: "Bahn außer Betrieb",
  overloaded: "Überlastet",
  service_down: "Dienst war ausgefallen",
  storage_damaged: "Speicher beschädigt",
  disk_low: "Speicherplatz knapp",
  clock_jumped: "Uhr gesprungen",
  backup_failed: "Sicherung fehlgeschlagen",
  output_failed: "Ausgang gestört",
  self_test_missed: "Selbsttest ausgeblieben",
  self_test_failed: "Selbsttest nicht bestanden",
  self_test: "Selbsttest",
  input_doubtful: "Eingang unglaubwürdig",
};

export const machineTroubles = {
  disk_low:
    "Auf dem Datenträger ist wenig Platz ({free_mb} MB frei): Es werden keine Bilder mehr gespeichert",
  disk_full: "Der Datenträger ist voll ({free_mb} MB frei): Es kann kein Alarm gespeichert werden",
  database_gone:
    "Die Datei der Datenbank wurde im laufenden Betrieb entfernt: Legen Sie sie zurück, oder starten Sie den Dienst mit einer Sicherung neu. Bis dahin wird nichts gespeichert",
  database_replaced:
    "Eine andere Datei ist im laufenden Betrieb an die Stelle der Datenbank getreten: Starten Sie den Dienst neu",
  log_gone:
    "Die Protokolldatei der Datenbank wurde im laufenden Betrieb entfernt: Starten Sie den Dienst neu",
  pictures_gone:
    "Der Ordner der Bilder wurde entfernt: Starten Sie den Dienst neu, oder legen Sie ihn wieder an. Bis dahin wird kein Bild gespeichert",
  pages: "Die Datenbank ist beschädigt: Spielen Sie eine Sicherung zurück",
  clock:
    "Die Uhr ist um {by_s} s gesprungen: Es wird nichts gelöscht, bis jemand die Zeit bestätigt oder sie wieder stimmt",
  backup: "Die geplante Sicherung konnte nicht erstellt werden: {reason}",
  output_failed: "Ausgang {output}: Der Empfänger bekommt die Alarme nicht ({waiting} warten)",
  output_partly:
    "Ausgang {output}: Einige Empfänger bekommen die Alarme nicht: Ihre Adressen werden abgewiesen",
  output_set_aside: "Ausgang {output}: Der Empfänger weist Alarme endgültig ab ({set_aside} zurückgelegt)",
  input_stale: "Ein Eingang der Seilbahnsteuerung meldet nichts mehr: Er wird nicht berücksichtigt",
  line_said_to_stand:
    "Ein Eingang meldet Stillstand, aber die Kamera oder ein anderes Signal zeigt, dass die Bahn läuft: Er wird erst wieder berücksichtigt, wenn er Lauf gemeldet hat",
  line_said_to_run:
    "Ein Eingang meldet Lauf, aber die Kamera sieht die Bahn stehen: Zeigt die Kamera diese Bahn?",
  speed_differs: "Die Geschwindigkeit am Eingang passt nicht dazu, wie oft die Kamera Sessel sieht",
  pulses_missing:
    "Die Kamera sieht Sessel, die der Impulseingang nicht zählt: Der Eingang wird nicht berücksichtigt",
  unseen_carriers: "{unseen} der letzten {counted} Sessel, die ein Sensor zählte, wurden nicht gesehen",
};

export const noClips = {
  codec: "kein Browser kann abspielen, was diese Kamera sendet (MJPEG): Stellen Sie sie auf H.264 um",
  no_key_frame:
    "die Schlüsselbilder der Kamera liegen zu weit auseinander: Stellen Sie eines je ein bis vier Sekunden ein",
  no_pictures: "die Kamera hatte nichts gesendet, was sich aufbewahren ließ",
  no_answer: "der Kameraprozess endete inzwischen",
  busy: "der Datenträger war zu langsam",
  disk: "der Datenträger ist zu voll oder nicht beschreibbar",
  missing: "die Datei ist verschwunden",
  expired: "die Aufbewahrungsfrist ist abgelaufen, oder es machte neueren Platz",
  deleted: "jemand hat es löschen lassen",
  pending: "es wird gerade aufgezeichnet",
  service_ended: "der Dienst endete, bevor es kam",
  not_made: "zu dieser Zeit wurde keines aufgezeichnet",
  kind: "Alarme dieser Art haben keines",
  off: "Videos sind abgeschaltet (BARWATCH_CLIPS)",
  hidden:
    "Personen werden im Gespeicherten unkenntlich gemacht, was bei einem Video nicht geht. Ein Administrator kann anders entscheiden (BARWATCH_CLIPS)",
};

const CONFIDENCE = "(Sicherheit {confidence:percent1})";
const TOGETHER = "die nicht einzeln aufgezeichnet werden konnten";

export const openBars = {
  one: {
    occupied: `Bügel offen an einem besetzten Sessel ${CONFIDENCE}`,
    unclear: `Bügel offen an einem vielleicht besetzten Sessel ${CONFIDENCE}`,
  },
  many: {
    occupied: `Bügel offen an {carriers} besetzten Sesseln, ${TOGETHER}`,
    unclear: `Bügel offen an {carriers} vielleicht besetzten Sesseln, ${TOGETHER}`,
  },
};

export const alarmSentences = {
  "alarms.title": "Alarme",
  "alarms.active": "Anstehende Alarme",
  "alarms.none": "Bisher keine.",
  "alarms.seatUnclear": "Bügel offen, vielleicht besetzt",
  "alarms.where": "{kind} · {place}",
  "alarms.wholeService": "ganzer Dienst",
  "alarms.says": "{time} · {message}",
  "alarms.more": "und {count} weitere, nicht quittiert, weiter unten",
  "alarms.still": "Weiterhin anstehend: {alarms}",
  "alarms.withState": "{alarm} ({state})",
  "alarms.returned": "Vorbei, aber noch von niemandem quittiert.",
  "alarms.chatters": "{message}. Kommt und geht: {times}-mal oder öfter in einer Minute",
  "alarms.unstored":
    "Noch nicht gespeichert: Die Datenbank nimmt ihn nicht an, vielleicht ist der Datenträger voll. Er kann nicht quittiert werden.",
  "alarms.unstoredShort": "noch nicht gespeichert",
  "alarms.provisional": "Vorläufig: Diese Bahn ist nicht scharf. Vergleichen Sie die Bilder.",
  "alarms.late": "Spät: Der Sessel fuhr um {time} ab, {seconds} s vor diesem Alarm",
  "alarms.lateShort": "spät",
  "alarms.picture": "Bild {number} des Sessels",
  "alarms.notWatched": "Von {since} bis {until} nicht überwacht: Der Dienst war ausgefallen",
  "alarms.flood": "Alarmflut: {alarms} Alarme in zehn Minuten, seit {time}. Die wichtigsten stehen oben.",
  "alarms.group":
    "{count} offene Bügel seit {time}, davon {returned} inzwischen vorbei. Gezeigt wird der neueste.",
  "alarms.acknowledgeGroup": "Alle {count} quittieren",
  "alarms.acknowledgeGroupOf": "Alle {count} offenen Bügel von {place} quittieren",
  "alarms.shelvedUntil": "zurückgestellt bis {time} von {by}: {reason}",
  "alarms.follows": "Folge von: {kind}",
  "alarms.shelve": "Zurückstellen",
  "alarms.shelveWhich": "Zurückstellen: {which}",
  "alarms.unshelve": "Zurückholen",
  "alarms.unshelveWhich": "Zurückholen: {which}",
  "away.what": "Was",
  "away.howLong": "Wie lange",
  "away.why": "Warum",
  "away.minutes": { one: "{count} Minute", other: "{count} Minuten" },
  "away.hours": { one: "{count} Stunde", other: "{count} Stunden" },
  "away.cancel": "Abbrechen",
  "alarms.acknowledge": "Quittieren",
  "alarms.confirmClock": "Die Zeit stimmt",
  "alarms.acknowledgeWhich": "Quittieren: {kind}, {place}, {time}",
  "clip.evidence": "Beweise",
  "clip.evidenceOf": "Beweise: {kind}, {place}, {time}",
  "clip.show": "Video",
  "clip.label": "Video zum Alarm",
  "clip.span": "Von {before:fixed1} s davor bis {after:fixed1} s danach.",
  "clip.beginsLate": "Es beginnt spät: Vorher hatte die Kamera kein Schlüsselbild gesendet.",
  "clip.endsEarly": "Es endet früh: Die Kamera fiel aus.",
  "clip.cutShort": "Es endet früh: Der Dienst wurde angehalten.",
  "clip.showsPeople": "Personen sind erkennbar. Wer es ansieht, wird aufgezeichnet.",
  "clip.unplayable": "Dieser Browser kann es nicht abspielen ({codec}): Speichern Sie die Datei.",
  "clip.save": "Speichern",
  "clip.none": "Kein Video: {reason}.",
  "clip.notRead": "Kein Video: {problem}",
  "alarms.notAcknowledged": "Nicht quittiert: {problem}",
};
