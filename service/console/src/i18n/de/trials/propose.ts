/* Proposing a candidate. */

export const proposeSentences = {
  "propose.open": "Etwas anderes versuchen",
  "propose.openOf": "Etwas anderes versuchen: {lift}",
  "propose.kind": "Was",
  "propose.version": "Welche",
  "propose.model": "Welches Modell",
  "propose.masks": "v{version}, erstellt {time}",
  "propose.calibration": "v{version}, {time}, aus {count} Sesseln",
  "propose.modelOf": "{name} ({identity})",
  "propose.limited": "Höchstens",
  "propose.limit": "Wie viele",
  "propose.openFrom": "Offen ab dieser Wahrscheinlichkeit für offen",
  "propose.closedTo": "Geschlossen bis zu dieser Wahrscheinlichkeit für offen",
  "propose.thresholdHelp": "Nur zum Vergleich: Verwendet wird einmal ein Budget.",
  "propose.shadow": "Ab jetzt mit urteilen; es entscheidet nichts",
  "propose.replay": "Auch gespeicherte Sessel neu beurteilen (Nachspiel)",
  "propose.from": "Sessel ab (leer: alle)",
  "propose.to": "Sessel bis (leer: bis jetzt)",
  "propose.go": "Versuchen",
  "propose.cancel": "Abbrechen",
  "propose.done": "Es ist jetzt ein Kandidat; er entscheidet nichts.",
};

export const triedKinds = {
  masks: "Andere Masken",
  calibration: "Eine Kalibrierung vor Ort",
  model: "Ein anderes Modell",
  budget: "Eine Schwelle, durch ein Budget",
  threshold: "Eine Schwelle, durch zwei Wahrscheinlichkeiten",
};

export const nothingToTry = {
  masks: "Die Bahn hat keine anderen Masken: Zeichnen Sie welche unter „Einrichten“.",
  calibration: "Die Bahn hat zu diesen Masken keine andere Kalibrierung vor Ort.",
  model: "Es gibt kein anderes Modell: Wer den Dienst betreibt, legt eines in `models` seines Datenordners.",
};
