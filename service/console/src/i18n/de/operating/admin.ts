/* The administration: what keeps the service well. */

import type { KeptClassName, ProcessKind, RecordState, SystemFinding } from "../../../api/types";

export const adminSentences = {
  "admin.title": "Verwaltung",
  "admin.all": "Die ganze Verwaltung",
  "admin.peopleHelp": "Wer sich mit Namen anmelden darf, und was er an welcher Bahn tun darf.",
  "admin.tokensHelp":
    "Schlüssel für Programme und für Bildschirme an der Wand; jeder lässt sich sofort zurücknehmen.",
  "admin.outputsHelp":
    "Wohin Alarme außer auf diese Seite gehen: E-Mail, Webhooks, Leitstände. Jeder Ausgang lässt sich hier prüfen.",
  "admin.auditHelp": "Wer was getan hat, wann und von wo, und ob diese Aufzeichnung unversehrt ist.",
  "admin.healthHelp":
    "Was jetzt jemanden braucht, und wie es um Kameras, Platte, Uhr und Warteschlangen steht.",
  "admin.modelsHelp":
    "Welches Netz urteilt, woraus es entstand, was zur Probe mit urteilt, und der Weg zurück.",
  "admin.keepingHelp":
    "Wie lange Bilder, Alarme und Aufzeichnungen bleiben, und ob Menschen darin verdeckt sind.",
  "admin.backupsHelp": "Kopien von allem: eine anlegen, prüfen, mitnehmen, zurückholen.",
  "admin.recordsHelp": "Der tägliche Nachweis, dass der Weg zum Alarm an jeder Bahn geht, mit Unterschrift.",

  "health.title": "Zustand",
  "health.findings": "Was jemanden braucht",
  "health.well": "Dem Dienst selbst fehlt nichts.",
  "health.confirmClock": "Die Zeit stimmt jetzt",
  "health.cameras": "Kameras",
  "health.camerasHelp":
    "Bilder kommen gleichmäßig und sind jünger als eine Sekunde; ein verworfenes kam zu spät für den Prozessor.",
  "health.noCamera": "Es wird keine Kamera beobachtet.",
  "health.fps": "{fps} Bilder in der Sekunde",
  "health.age": "neuestes vor {age}",
  "health.frames": "{read} gelesen, {dropped} verworfen",
  "health.keyFrames": "die Bahn steht: nur Schlüsselbilder",
  "health.reached": { one: "einmal verbunden", other: "{count}-mal verbunden" },
  "health.restarted": { one: "einmal neu gestartet", other: "{count}-mal neu gestartet" },
  "health.processes": "Prozesse",
  "health.processesHelp":
    "Jede Kamera und das Netz laufen für sich: fällt eines aus, hält das die anderen nicht auf, und es startet von selbst neu.",
  "health.pid": "Nummer {pid}",
  "health.machine": "Platte, Datenbank, Uhr",
  "health.machineHelp": "Ohne Platz kann kein Alarm bleiben; mit falscher Uhr wird nichts Altes gelöscht.",
  "health.disk": "Platz auf der Platte",
  "health.free": "{free} frei von {total}",
  "health.reserve": "Für Alarme zurückgehalten",
  "health.database": "Datenbank",
  "health.damaged": "Beschädigte Einträge",
  "health.time": "Zeit, die gilt",
  "health.jump": "Die Systemuhr weicht ab um",
  "health.noJump": "nichts",
  "health.zone": "Zeitzone",
  "health.computes": "Das Netz rechnet auf",
  "health.backup": "Neueste Sicherung",
  "health.never": "keine",
  "health.queues": "Was wartet",
  "health.queuesHelp":
    "Die Schlangen sind nahe null, solange die Maschine mitkommt; Abgelehntes wird gezählt, nie still verloren.",
  "health.writes": "Für die Datenbank",
  "health.pictures": "Bilder für das Netz",
  "health.waits": "{waiting} warten, {refused} abgelehnt",
  "health.versions": "Versionen",
  "health.versionsHelp": "Nennen Sie diese, wenn Ihnen jemand hilft.",
  "health.network": "Netz",
  "health.tables": "Tabellen der Datenbank",
  "health.system": "System",

  "models.title": "Modelle",
  "models.judging": "Was urteilt",
  "models.judgingHelp":
    "Ein beschädigtes oder fremdes Netz wird beim Start abgelehnt; diese Prüfsummen sagen, welches läuft.",
  "models.identity": "Kennung",
  "models.origin": "Herkunft",
  "models.promoted": "hier übernommen, statt des mitgelieferten",
  "models.fixed": "durch BARWATCH_MODEL bestimmt: kein anderes kann übernommen werden",
  "models.ships": "das mit dieser Version mitgelieferte",
  "models.folder": "Sein Ordner",
  "models.digest": "Prüfsumme von allem, was entscheidet",
  "models.file": "Prüfsumme seiner Datei",
  "models.signed": "Unterschrift",
  "models.isSigned": "vom verlangten Schlüssel unterschrieben",
  "models.notSigned": "keine verlangt (BARWATCH_MODEL_PUBLIC_KEY)",
  "models.trained": "Trainiert mit",
  "models.calibrated": "Kalibriert mit",
  "models.band": "Wahrscheinlichkeit für offen",
  "models.bandOf": "geschlossen bis {closed}, offen ab {open}",
  "models.golden": "Aufgezeichnete Sessel, die es wie früher beurteilen muss",
  "models.measured": "Was an ihm gemessen wurde",
  "models.atWork": "Auf Probe und übernommen",
  "models.atWorkHelp":
    "Was zur Probe mit urteilt, entscheidet nichts. Auf der Seite der Bahn wird verglichen, übernommen und zurückgenommen.",
  "models.noneAtWork": "Nichts: jede Bahn wird mit ihrer Einrichtung beurteilt.",
  "models.compared": {
    one: "{count} Sessel verglichen, {differ} anders beurteilt",
    other: "{count} Sessel verglichen, {differ} anders beurteilt",
  },

  "keeping.title": "Aufbewahrung und Privatsphäre",
  "keeping.classes": "Was bleibt, und wie lange",
  "keeping.classesHelp":
    "Eine Dauer ändern: die genannte Variable dort setzen, wo der Dienst läuft, und ihn neu starten. Das Protokoll hält es fest.",
  "keeping.forGood": "für immer",
  "keeping.days": { one: "bleibt {count} Tag", other: "bleibt {count} Tage" },
  "keeping.oldest": "ältestes von {at}",
  "keeping.paused": "Solange die Uhr zweifelhaft ist, wird nichts Altes gelöscht: siehe Zustand.",
  "keeping.sizes": "Wie viel von der Platte",
  "keeping.sizesHelp": "Datei für Datei gezählt, wenn jemand nachsieht, höchstens alle Viertelstunde.",
  "keeping.counting": "Die Dateien werden gezählt …",
  "keeping.privacy": "Menschen auf Bildern",
  "keeping.privacyHelp":
    "BARWATCH_PRIVACY gilt für alle Bahnen; das eigene `privacy` einer Bahn (PUT /lifts/ID) geht vor. Was schon gespeichert ist, bleibt, wie es ist.",
  "keeping.hidden": "Menschen sind verdeckt",
  "keeping.shown": "Menschen sind zu sehen",
  "keeping.own": "durch eigene Einstellung",
  "keeping.noClips": "keine Videos von Alarmen",
  "keeping.clips": {
    one: "Videos von Alarmen {count} Tag lang",
    other: "Videos von Alarmen {count} Tage lang",
  },

  "backups.title": "Sicherungen",
  "backups.plan": {
    one: "Täglich um {hour}; {count} bleibt, in {folder}. Eine Kopie auf einer anderen Platte überlebt diese.",
    other:
      "Täglich um {hour}; {count} bleiben, in {folder}. Eine Kopie auf einer anderen Platte überlebt diese.",
  },
  "backups.noPlan": "Von selbst wird keine angelegt (BARWATCH_BACKUP_HOUR); sie liegen in {folder}.",
  "backups.make": "Jetzt sichern",
  "backups.making": "Es wird gesichert; die Überwachung läuft weiter.",
  "backups.verifying": "Eine Sicherung wird von Anfang bis Ende gelesen.",
  "backups.done": "Fertig.",
  "backups.failed": "Fehlgeschlagen: {problem}",
  "backups.none": "Es gibt noch keine.",
  "backups.checkedWhenMade": "beim Anlegen geprüft",
  "backups.whole": "unversehrt, geprüft {at}",
  "backups.damaged": "BESCHÄDIGT, festgestellt {at}: nehmen Sie eine andere",
  "backups.verify": "Prüfen",
  "backups.verifyLabel": "Prüfen: {name}",
  "backups.take": "Herunterladen",
  "backups.takeLabel": "Herunterladen: {name}",
  "backups.restore": "Eine Sicherung zurückholen",
  "backups.restoreHelp":
    "Dienst anhalten, dies dort ausführen, wo er läuft, und wieder starten. Mit Docker Compose steht „docker compose run --rm -T --no-deps“ davor. Was da ist, wird beiseitegelegt, nie überschrieben.",

  "records.title": "Selbsttests",
  "records.about":
    "Jede Aufzeichnung ist von dieser Anlage unterschrieben und im Protokoll genannt: niemand kann eine ungesehen ändern oder weglassen.",
  "records.none": "Noch keine Bahn wurde getestet.",
  "records.of": "{lift}, Test {number}",

  "check.title": "Ist alles unversehrt?",
  "check.about":
    "Jeder Eintrag, jede Zeile, jedes Bild und jede Unterschrift wird verfolgt, nebenher und ohne Eile. Bewahren Sie den Kopf unten anderswo auf: er zeigt, was abgeschnitten wurde.",
  "check.now": "Jetzt prüfen",
  "check.running": "Wird seit {at} geprüft.",
  "check.never": "Hier noch nie im Ganzen geprüft.",
  "check.whole": "Unversehrt bis Eintrag {until}: {rows} Zeilen und Bilder stimmen. Geprüft {at} durch {by}.",
  "check.broken":
    "GEBROCHEN, verfolgt bis Eintrag {until} ({rows} Zeilen und Bilder), {at} durch {by}. Rufen Sie, wer den Dienst betreibt; ändern Sie nichts.",
  "check.failed": "Die Prüfung ging nicht: {problem}",
};

const findings: Record<SystemFinding, string> = {
  part_fails: "Ein Teil des Dienstes fällt aus: {part}.",
  embedder_down: "Das Netz antwortet nicht: kein Sessel wird beurteilt.",
  device_lost: "Der Grafikprozessor ist ausgefallen; der Hauptprozessor rechnet.",
  database_refuses: "Die Datenbank verweigert: {reason}",
  records_damaged: "{count} gespeicherte Einträge sind unlesbar.",
  writes_wait: "{count} Schreibvorgänge warten auf die Platte.",
  disk_full: "Die Platte ist voll: {free} frei. Kein Alarm kann bleiben.",
  disk_low: "Wenig Platz auf der Platte: {free} frei. Es bleiben keine Bilder mehr.",
  clock_jumped: "Die Systemuhr ist um {by} gesprungen.",
  camera_not_live: "{lift}: {state}.",
  camera_drops: "{lift}: {share} der Bilder kommen zu spät.",
  output_fails: "Der Ausgang {name} stellt nicht zu.",
  output_set_aside: "{name} hat {count} Meldungen endgültig abgelehnt.",
  no_backup: "Es gibt noch keine Sicherung.",
  backup_old: "Die neueste Sicherung ist {age} alt.",
  backups_off: "Von selbst wird nicht gesichert.",
};

const findingAdvice: Record<SystemFinding, string> = {
  part_fails: "Er startet von selbst neu; bleibt es minutenlang so, den Dienst neu starten.",
  embedder_down: "Beobachten Sie die Bahnen selbst; es startet von selbst neu, sonst den Dienst neu starten.",
  device_lost: "Es geht, langsamer: die Maschine zu ruhiger Stunde neu starten.",
  database_refuses: "Alarme werden gezeigt, nicht behalten: Platz schaffen, dann ins Log sehen.",
  records_damaged: "Sie werden ausgelassen. Eine Sicherung und die Platte prüfen.",
  writes_wait: "Die Platte ist langsam oder belegt: sehen, was sie sonst nutzt.",
  disk_full: "Sofort Dateien löschen oder verschieben, die nicht von Barwatch sind.",
  disk_low: "Platz schaffen, oder die Aufbewahrung verkürzen.",
  clock_jumped: "Richtig stellen, dann den Knopf drücken. Bis dahin wird nichts Altes gelöscht.",
  camera_not_live: "Diese Bahn selbst beobachten; Kabel, Strom und Adresse der Kamera prüfen.",
  camera_drops: "Die Maschine kommt nicht mit: ein kleineres Bild oder weniger Bilder der Kamera helfen.",
  output_fails: "Alarme warten darauf und gehen nicht verloren: unter Ausgänge prüfen.",
  output_set_aside: "Unter Ausgänge entscheiden: nochmals senden oder weglassen.",
  no_backup: "Unter Sicherungen eine anlegen.",
  backup_old: "Unter Sicherungen nachsehen, warum, und eine anlegen.",
  backups_off: "BARWATCH_BACKUP_HOUR setzen, falls kein anderes Programm den Ordner sichert.",
};

const processKinds: Record<ProcessKind, string> = {
  main: "Der Dienst",
  embedder: "Das Netz",
  camera: "Kamera",
  helper: "Helfer",
};

const keptClasses: Record<KeptClassName, string> = {
  passages: "Vorbeigefahrene Sessel",
  pictures: "Sessel mit Bildern",
  alarms: "Offene Bügel",
  health_alarms: "Andere Alarme",
  reviews: "Nachgeprüfte Sessel",
  clips: "Videos von Alarmen",
  held: "Als Beweis gehalten",
  self_tests: "Selbsttests",
  audit: "Einträge des Protokolls",
};

const keptFolders = {
  database: "Datenbank",
  pictures: "Bilder",
  clips: "Videos von Alarmen",
  setup: "Einrichtungen",
  learnt: "Von den Linien Gelerntes",
  models: "Andere Modelle",
  backups: "Sicherungen",
};

const recordStates: Record<RecordState, string> = {
  signed: "Unterschrieben und im Protokoll",
  not_signed: "KEIN NACHWEIS: die Unterschrift passt nicht",
  other_key: "KEIN NACHWEIS: von anderem Schlüssel unterschrieben",
  changed: "KEIN NACHWEIS: nach der Unterschrift geändert",
  not_in_audit: "KEIN NACHWEIS: das Protokoll nennt eine andere",
};

export const adminWords = { findings, findingAdvice, processKinds, keptClasses, keptFolders, recordStates };
