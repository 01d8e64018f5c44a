/* Alle Bahnen auf einen Blick, und ein Bildschirm, den niemand berührt. */

const needs = {
  blind: "BLIND",
  open: "OFFEN",
  unseen: "ALARM",
  stands: "Alarm",
  stopped: "steht",
  unlearnt: "lernt",
  unarmed: "nicht scharf",
  out: "außer Betrieb",
  silent: "keine Meldung",
  well: "in Ordnung",
};
const groupings = { none: "nicht gruppiert", area: "nach Gebiet", station: "nach Station" };
const densities = { fit: "alle auf einem Bildschirm", large: "große Kacheln" };

export const overviewWords = { needs, groupings, densities };

export const overviewSentences = {
  "overview.tile": "{name}: {need}",
  "overview.tileWhy": "{name}: {need}, {why}",
  "overview.backwards": "die Bahn läuft rückwärts",
  "overview.noFrame": "noch kein Bild von der Kamera",
  "overview.frameOld": "seit {seconds} s kein Bild von der Kamera",
  "overview.speed": "{speed:fixed1} m/s",
  "overview.flow": "{carriers:fixed0}/h",
  "overview.flowUnit": " (Sessel pro Stunde)",
  "overview.noFlow": "Lauf nicht bekannt",
  "overview.marks": "Die letzten {count} Sessel: {open} offen, {closed} geschlossen, {unknown} unbekannt",
  "overview.find": "Bahn suchen",
  "overview.needy": "Nur was mich braucht",
  "overview.grouping": "Gruppen",
  "overview.density": "Größe der Kacheln",
  "overview.waits":
    "Die Reihenfolge hat sich geändert: Die Kacheln rücken, sobald der Zeiger sie verlassen hat.",
  "overview.hides": { one: "{count} Bahn ist ausgeblendet.", other: "{count} Bahnen sind ausgeblendet." },
  "overview.hidesNeedy": {
    one: "{count} Bahn, die jemanden braucht, ist ausgeblendet.",
    other: "{count} Bahnen, die jemanden brauchen, sind ausgeblendet.",
  },
  "overview.showAll": "Alle zeigen",

  "place.title": "Gebiet, Station, Sesselabstand",
  "place.about": "Danach gruppiert die Übersicht die Bahn. Die Kamera läuft ungestört weiter.",
  "place.area": "Gebiet",
  "place.station": "Station",
  "place.spacing": "Abstand der Sessel am Seil in Metern",
  "place.spacingHelp":
    "Aus den Unterlagen der Bahn. Ohne ihn und ohne Eingang wird keine Geschwindigkeit angezeigt.",
  "place.save": "Speichern",
  "place.saved": "Gespeichert.",

  "wall.open": "Wandbild",
  "wall.lost": "NICHT VERBUNDEN",
  "wall.lostAbout": "Hier kommt kein Alarm an. Letzte Meldung vor {age}.",
  "wall.never": "Hier kommt kein Alarm an.",
  "wall.waits": { one: "{count} weiterer Alarm wartet", other: "{count} weitere Alarme warten" },
  "wall.ends":
    "Die Anmeldung dieses Bildschirms läuft ab: Melden Sie sich mit dem Token eines Betrachters an, es bleibt gespeichert.",
  "wall.since": "seit {time}",
};
