/* A lift's control: what it tells this service, and what this service tells it. */

import type { Control, LineInput } from "../../../api/types";
import { outputProblems } from "./outputs";

export const plantSentences = {
  "plant.open": "Seilbahnsteuerung",
  "plant.openOf": "Seilbahnsteuerung: {name}",
  "plant.title": "{name}: die Seilbahnsteuerung",

  "input.title": "Was die Steuerung meldet",
  "input.about":
    "Ob die Bahn läuft, wie schnell, und jeden Sessel. Es ergänzt nur das Wissen: Es hält keinen Alarm eines Bügels zurück, und es zählt nicht, solange es alt ist oder die Kamera etwas anderes sieht.",
  "input.none": "Nichts: Es ist kein Eingang eingerichtet.",
  "input.from": "{kind} an {host}:{port}",
  "input.followed": "wird berücksichtigt",
  "input.doubted": "Unglaubwürdig: {why}.",
  "input.signal": "Signal",
  "input.where": "Wo",
  "input.says": "Meldet",
  "input.age": "Gehört",
  "input.at": "{table} {address}",
  "input.ago": "vor {time}",
  "input.stale": "vor {time}: zu alt, um zu zählen",
  "input.never": "nie",
  "input.nothing": "nichts",
  "input.runs": "läuft",
  "input.stands": "steht",
  "input.speed": "{value:fixed1} m/s",
  "input.carriers": { one: "{count} Sessel gezählt", other: "{count} Sessel gezählt" },
  "input.unseen": {
    one: "{count} der letzten Sessel, die der Sensor zählte, wurde nicht gesehen.",
    other: "{count} der letzten Sessel, die der Sensor zählte, wurden nicht gesehen.",
  },
  "input.add": "Eingang einrichten",
  "input.change": "Eingang ändern",
  "input.changing": "Eingang ändern",
  "input.takeAway": "Eingang entfernen",
  "input.kind": "Wie die Steuerung erreicht wird",
  "input.user": "Benutzer",
  "input.userHelp": "Leer: Dort meldet sich niemand an.",
  "input.userStays": "Leer: Benutzer und Passwort bleiben, wie sie sind.",
  "input.password": "Passwort",
  "input.listen": "Auswerten: {signal}",
  "input.discrete": "Digitaleingang",
  "input.coil": "Coil",
  "input.inputRegister": "Eingangsregister",
  "input.holdingRegister": "Halteregister",
  "input.save": "Eingang speichern",
  "input.cancel": "Abbrechen",

  "control.title": "Was der Steuerung gemeldet wird",
  "control.about":
    "Eine Coil eines Geräts: 1, solange dieser Dienst lebt und die Bahn sieht, 0 innerhalb von zwei Sekunden, wenn nicht. Aus, bis ein Administrator sie vorschlägt und ein Administrator sie scharf schaltet; beide zeigen, wer sie sind.",
  "control.aid": "Lassen Sie sie nie eine Sicherheitseinrichtung ersetzen.",
  "control.off": "Aus: Es wird nichts geschrieben.",
  "control.proposed": "Vorgeschlagen, noch wird nichts geschrieben:",
  "control.armed": "Scharf:",
  "control.at": "Coil {coil} der Einheit {unit} an {host}:{port},",
  "control.counter": "mit dem Zähler in Register {counter}.",
  "control.noCounter": "ohne Zähler: Das Gerät kann einen Netzausfall nicht bemerken.",
  "control.proposedBy": "vorgeschlagen von {by}, {time}",
  "control.armedBy": "scharf geschaltet von {by}, {time}",
  "control.until": "scharf zu schalten bis {time}",
  "control.healthy": "Lebenszeichen: 1 wird geschrieben, in Ordnung.",
  "control.fallen": "Lebenszeichen: 0, nicht in Ordnung.",
  "control.cannot": "Es kann nicht geschrieben werden: {why}.",
  "control.propose": "Ausgang vorschlagen",
  "control.proposeOther": "Einen anderen vorschlagen",
  "control.arm": "Das Vorgeschlagene scharf schalten",
  "control.disarm": "Ausschalten",
  "control.withdraw": "Vorschlag zurückziehen",
  "control.first": "Erster Schritt: Schlagen Sie vor, wo die Coil ist",
  "control.firstHelp":
    "Noch wird nichts geschrieben. Der zweite Schritt schaltet sie scharf, innerhalb von zehn Minuten, durch denselben oder einen anderen Administrator.",
  "control.falls": "Die scharfe Coil fällt ab, sobald eine andere vorgeschlagen wird.",
  "control.counterHelp":
    "Ein Halteregister, das mit jedem Schreiben zählt. Das Gerät muss die Coil als 0 werten, sobald es zwei Sekunden stillsteht.",
  "control.isProposed": "Vorgeschlagen. Sehen Sie an, was oben steht, und schalten Sie es dann scharf.",
  "control.isArmed": "Scharf: Sie zieht an, nachdem fünf Sekunden lang alles in Ordnung war.",
  "control.isOff": "Aus: Die Coil ist abgefallen.",
};

const inputKinds = { modbus: "Modbus TCP", opcua: "OPC UA", mqtt: "MQTT" };

const inputSignals = { line_running: "Lauf", speed: "Geschwindigkeit", carrier_pulse: "Sessel" };

const inputTables = {
  discrete: "Digitaleingang",
  coil: "Coil",
  input: "Eingangsregister",
  holding: "Halteregister",
};

/** What each signal has to be there. */
const inputHelp = {
  modbus: {
    line_running: "Ein Bit, das 1 ist, solange die Bahn läuft.",
    speed: "Ein oder zwei Register; die Zahl mal den Faktor ergibt Meter pro Sekunde.",
    carrier_pulse: "Register, die Sessel zählen und wieder bei 0 beginnen, wenn sie voll sind.",
  },
  opcua: {
    line_running: "Eine Variable, die wahr ist, solange die Bahn läuft.",
    speed: "Eine Variable; ihre Zahl mal den Faktor ergibt Meter pro Sekunde.",
    carrier_pulse: "Eine Variable, die Sessel zählt.",
  },
  mqtt: {
    line_running:
      "Ein Topic, das true, on oder 1 meldet, solange die Bahn läuft, spätestens alle 15 s wieder.",
    speed: "Ein Topic, dessen Zahl mal den Faktor Meter pro Sekunde ergibt, spätestens alle 15 s wieder.",
    carrier_pulse: "Ein Topic mit einer Nachricht je Sessel oder mit einer Zahl, die sie zählt.",
  },
};

const inputFields: Record<string, string> = {
  address: "Adresse",
  bit: "Bit eines Registers",
  counter: "Die Zahl zählt Sessel",
  field: "Feld im JSON",
  host: "Host",
  inverted: "Umgekehrt: 0 bei Lauf",
  node: "Knoten",
  path: "Pfad",
  poll_s: "Sekunden zwischen zwei Abfragen",
  port: "Port",
  scale: "Faktor zu Metern pro Sekunde",
  secure: "Verschlüsselt",
  signed: "Darf negativ sein",
  table: "Art der Adresse",
  tls: "Verschlüsselt",
  topic: "Topic",
  unit: "Gerätenummer",
  words: "Bits",
};

const controlFields: Record<string, string> = {
  host: "Host",
  port: "Port",
  unit: "Gerätenummer",
  coil: "Coil",
  counter: "Zählerregister",
};

const inputProblems: Record<NonNullable<LineInput["problem_code"]>, string> = {
  ...outputProblems,
  rejected: "verweigert, was gefragt wird: Prüfen Sie die Adressen",
  secret_unreadable: "das Passwort ist nicht mehr lesbar: Geben Sie Benutzer und Passwort neu ein",
  crashed: "was ihm folgt, hat selbst einen Fehler: das Protokoll sagt mehr",
  nothing_heard: "noch nichts wurde gehört",
};

const coilProblems: Record<NonNullable<Control["problem_code"]>, string> = {
  ...outputProblems,
  rejected: "das Gerät verweigert es: Prüfen Sie die Adressen",
  crashed: "was sie schreibt, hat selbst einen Fehler: das Protokoll sagt mehr",
  starting: "was sie schreibt, startet",
  process_lost: "was sie schreibt, ging verloren und wird neu gestartet",
};

export const plantWords = {
  inputKinds,
  inputSignals,
  inputTables,
  inputHelp,
  inputFields,
  inputProblems,
  controlFields,
  coilProblems,
};

export const plantRefusals = {
  no_such_secret: "Unter „{name}“ ist kein Passwort gespeichert: Geben Sie Benutzer und Passwort ein.",
  secret_of_another_host:
    "Das Passwort gehört zu einem anderen Host: Geben Sie Benutzer und Passwort neu ein.",
  no_proposal: "Diesen Vorschlag gibt es nicht mehr: Sehen Sie noch einmal nach.",
  proposal_expired: "Der Vorschlag ist zu alt: Schlagen Sie es erneut vor.",
};
