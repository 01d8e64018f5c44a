/* Outputs: their kinds, their state, what is wrong with them, and what they are set up with. */

import type { OutputProblem, OutputState } from "../../../api/types";

const outputStates: Record<OutputState, string> = {
  off: "aus",
  starting: "startet",
  live: "liefert",
  behind: "im Rückstand",
  failing: "liefert nicht",
};

export const outputProblems: Record<OutputProblem, string> = {
  no_such_host: "es gibt keinen solchen Host",
  forbidden_address: "diese Adresse darf nicht angewählt werden: Fragen Sie den Betreiber des Dienstes",
  refused: "dort hört niemand zu",
  unreachable: "nicht erreichbar",
  timed_out: "antwortet nicht rechtzeitig",
  tls_failed: "dem Zertifikat wird nicht vertraut, oder es gibt keine Verschlüsselung",
  wrong_password: "Benutzer oder Passwort ist falsch",
  rejected: "nimmt nicht an, was gesendet wird ({status})",
  redirected: "ist jetzt woanders",
  closed: "hat die Verbindung beendet",
  secret_unreadable: "das Passwort ist nicht mehr lesbar: Geben Sie es neu ein",
  misconfigured: "die Einstellung {where} ist nicht verwendbar",
  store_unavailable: "die Datenbank antwortet nicht",
  in_use: "der Port ist belegt",
  crashed: "hat selbst einen Fehler: das Protokoll sagt mehr",
};

/** By kind; of one that a later service has, the kind itself is shown. */
const outputKinds: Record<string, string> = {
  email: "E-Mail",
  modbus: "Modbus-TCP-Server",
  mqtt: "MQTT (Home Assistant, Node-RED)",
  opcua: "OPC-UA-Server",
  web_push: "Mitteilungen in Browsern",
  webhook: "Webhook",
};

const outputFields: Record<string, string> = {
  acknowledge: "Clients dürfen Alarme quittieren",
  anonymous: "Andere dürfen ohne Anmeldung lesen",
  contact: "An wen ein Push-Dienst schreibt (mailto:…)",
  every_s: "Sekunden zwischen zwei E-Mails",
  host: "Host",
  language: "Sprache: en, fr, de oder it; leer: die des Dienstes",
  networks: "Netze, die sich verbinden dürfen, mit Kommas",
  password: "Passwort",
  port: "Port",
  security: "Verschlüsselung: starttls, tls oder none",
  sender: "Von",
  tls: "Verschlüsselt",
  to: "An, mit Kommas",
  topic: "Topic",
  url: "Adresse",
  user: "Benutzer",
};

export const outputWords = { outputStates, outputProblems, outputKinds, outputFields };

export const outputRefusals = {
  output_exists: "Einen Ausgang {name} gibt es schon.",
  no_output: "Diesen Ausgang gibt es nicht mehr.",
  no_such_kind: "Eine solche Art von Ausgang hat der Dienst nicht.",
  no_such_output_secret: "Diese Art von Ausgang hat kein {name}.",
  output_forbidden_address:
    "Diese Adresse darf nicht angewählt werden: Fragen Sie den Betreiber des Dienstes.",
  output_misconfigured: "Die Einstellung {where} ist nicht verwendbar.",
  no_push: "Der Dienst schickt nichts an Browser.",
  push_needs_owner: "Melden Sie sich mit Namen oder Token an: Ein Link kann keine Mitteilungen bestellen.",
  no_push_service: "Der Push-Dienst dieses Browsers gehört nicht zu den erlaubten.",
  no_push_keys: "Dieser Browser gab keine verwendbaren Schlüssel.",
  too_many_subscriptions: "Zu viele Browser haben Mitteilungen bestellt: Beenden Sie einige.",
  no_subscription: "Dieser Browser bekommt keine Mitteilungen mehr.",
};

export const outputSentences = {
  "outputs.title": "Ausgänge",
  "outputs.about": "Was Alarme an andere Systeme weitergibt. Jeder ist aus, bis er eingeschaltet wird.",
  "outputs.says": "{kind} · {state}",
  "outputs.lag": { one: "{count} Alarm wartet", other: "{count} Alarme warten" },
  "outputs.setAside": {
    one: "{count} abgewiesen und zurückgelegt",
    other: "{count} abgewiesen und zurückgelegt",
  },
  "outputs.again": "Erneut senden",
  "outputs.againLabel": "Erneut senden, was {name} abwies",
  "outputs.leaveOut": "Auslassen",
  "outputs.leaveOutLabel": "Endgültig auslassen, was {name} abwies",
  "outputs.delivered": "zuletzt geliefert {at}",
  "outputs.lastError": "{problem} ({at})",
  "outputs.test": "Testen",
  "outputs.testLabel": "{name} testen",
  "outputs.works": "{name}: Der Test kam an.",
  "outputs.fails": "{name}: {problem}.",
  "outputs.enabled": "Eingeschaltet",
  "outputs.on": "Einschalten",
  "outputs.onLabel": "{name} einschalten",
  "outputs.off": "Ausschalten",
  "outputs.offLabel": "{name} ausschalten",
  "outputs.change": "Ändern",
  "outputs.changeLabel": "{name} ändern",
  "outputs.delete": "Löschen",
  "outputs.deleteLabel": "{name} löschen",
  "outputs.add": "Ausgang hinzufügen",
  "outputs.changing": "{name} ändern",
  "outputs.kind": "Art",
  "outputs.name": "Name",
  "outputs.secretStays": "Leer: bleibt, wie es ist.",
  "outputs.lifts": "Bahnen (keine: alle)",
  "outputs.kinds": "Alarme (keine: alle)",
  "outputs.priorities": "Prioritäten, 1 die wichtigste (keine: alle)",
  "outputs.escalated": "Nur Alarme, die eine Stufe der Eskalation ihm gibt",
  "outputs.save": "Speichern",
  "outputs.cancel": "Abbrechen",
  "outputs.made": "Heben Sie dies jetzt auf: Es wird nicht noch einmal gezeigt.",

  "push.title": "Mitteilungen",
  "push.about": "Alarme Ihrer Bahnen, auf diesem Gerät, auch wenn die Seite geschlossen ist.",
  "push.subscribe": "Diesem Browser mitteilen",
  "push.subscribed": "Dieser Browser bekommt Mitteilungen.",
  "push.denied": "Der Browser erlaubt dieser Seite keine Mitteilungen.",
  "push.unsupported":
    "Dieser Browser hat hier keine Mitteilungen: Sie brauchen HTTPS, und auf iPhones die Seite auf dem Home-Bildschirm.",
  "push.none": "Der Dienst schickt nichts an Browser: Ein Administrator fügt den Ausgang dafür hinzu.",
  "push.since": "seit {at}",
  "push.end": "Beenden",
  "push.endLabel": "Die Mitteilungen von {agent} beenden",
  "push.unknownBrowser": "ein Programm",
};
