/* Proposing a candidate. */

export const proposeSentences = {
  "propose.open": "Provare altro",
  "propose.openOf": "Provare altro: {lift}",
  "propose.kind": "Cosa",
  "propose.version": "Quale",
  "propose.model": "Quale modello",
  "propose.masks": "v{version}, fatte {time}",
  "propose.calibration": "v{version}, {time}, da {count} seggiole",
  "propose.modelOf": "{name} ({identity})",
  "propose.limited": "Al massimo",
  "propose.limit": "Quanti",
  "propose.openFrom": "Aperta da questa probabilità di apertura in su",
  "propose.closedTo": "Chiusa fino a questa probabilità di apertura",
  "propose.thresholdHelp": "Solo per confronto: ciò che un giorno si usa è un budget.",
  "propose.shadow": "Valutare in parallelo da ora; senza decidere nulla",
  "propose.replay": "Rivalutare anche le seggiole conservate (riesame)",
  "propose.from": "Seggiole da (vuoto: tutte)",
  "propose.to": "Seggiole fino a (vuoto: ora)",
  "propose.go": "Provare",
  "propose.cancel": "Annullare",
  "propose.done": "Ora è un candidato; non decide nulla.",
};

export const triedKinds = {
  masks: "Altre maschere",
  calibration: "Una calibrazione sul posto",
  model: "Un altro modello",
  budget: "Una soglia, da un budget",
  threshold: "Una soglia, da due probabilità",
};

export const nothingToTry = {
  masks: "La seggiovia non ha altre maschere: disegnarne sotto «Configurare».",
  calibration: "La seggiovia non ha altre calibrazioni sul posto per queste maschere.",
  model:
    "Non c’è un altro modello: chi gestisce il servizio ne mette uno in `models` della sua cartella dei dati.",
};
