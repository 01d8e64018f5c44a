/* A lift's site calibration. */

export const calibrationSentences = {
  "calibration.title": "Barra aperta / chiusa: ciò che dicono le seggiole di questa seggiovia",
  "calibration.nothing": "ancora nulla",
  "calibration.short": "{word} · {use}",
  "calibration.inUseShort": "in uso",
  "calibration.notInUseShort": "non in uso",
  "calibration.go": "GO",
  "calibration.noGo": "NO-GO",
  "calibration.notArmed": "NON ARMATA",
  "calibration.goSo":
    ": i due gruppi si sovrappongono del {overlap}, quindi la soglia tra loro distingue aperta da chiusa.",
  "calibration.noGoSo":
    ": i due gruppi si sovrappongono del {overlap}, troppo per distinguere aperta da chiusa. Verificare delle seggiole e ricalcolare, o controllare maschere e telecamera.",
  "calibration.notArmedSo": ": i due gruppi si sovrappongono del {overlap}, ma la seggiovia è {why}.",
  "calibration.lessThan": "meno del {share:percent1}",
  "calibration.origin": "Calcolata {time} da {carriers} seggiole, {reviewed}",
  "calibration.reviewedNone": "di cui nessuna verificata",
  "calibration.reviewed": "di cui {reviewed} verificate",
  "calibration.openShare": "{share:percent} aperte",
  "calibration.prototypes": "sa che aspetto hanno le seggiole aperte e chiuse",
  "calibration.noPrototypes": "troppo poche in uno stato per impararne l’aspetto",
  "calibration.adapter": "corretta da ciò che è stato verificato",
  "calibration.taken": "{share:percent} occupate",
  "calibration.seatMore": "{taken}, una seggiola vuota somiglia a una occupata più che su altre seggiovie",
  "calibration.seatLess": "{taken}, una seggiola vuota somiglia a una occupata meno che su altre seggiovie",
  "calibration.noMasks": "Ancora nessuna maschera: non si valuta nulla, e non si può calcolare nulla.",
  "calibration.noProposal":
    "Ancora nessuna proposta: il servizio ne fa una quando abbastanza seggiole sono state viste bene.",
  "calibration.inUse": "In uso: la seggiovia è valutata con questa soglia.",
  "calibration.masksAlone": "Non in uso: la seggiovia è valutata con le sole maschere.",
  "calibration.earlier":
    "Non in uso: la seggiovia è valutata con una soglia precedente, {threshold}, calcolata {time}.",
  "calibration.compared": "Viene confrontata con ciò che valuta ora: vedere i candidati più sotto.",

  "calibration.actions": "Ciò con cui la seggiovia è valutata",
  "calibration.actionOf": "{action}: {lift}",
  "calibration.recalculate": "Ricalcolare",
  "calibration.recalculated": {
    one: "Calcolata da {count} seggiola.",
    other: "Calcolata da {count} seggiole.",
  },
  "calibration.use": "Usare questa calibrazione",
  "calibration.used": "Fatto: d’ora in poi la seggiovia è valutata con essa.",
  "calibration.compare": "Confrontare in parallelo",
  "calibration.comparing": "Fatto: valuta anche le prossime seggiole, e non decide nulla.",
  "calibration.useMasks": "Usare le sole maschere",
  "calibration.masksUsed": "Fatto: d’ora in poi la seggiovia è valutata con le sole maschere.",
  "calibration.tooEarly":
    "Troppo presto: {seen} seggiole su {needed} viste abbastanza bene finora, ne mancano {missing}.",

  "clusters.carriers": { one: "{count} seggiola", other: "{count} seggiole" },
  "clusters.bar": "{carriers}, margine da {from} a {to}",
  "clusters.says":
    "Margini di {carriers}: {open} sotto la soglia {threshold}, più vicine ad aperta, {closed} sopra, più vicine a chiusa. Le sole maschere le separano a 0.",
  "clusters.open": "▲ {count} aperte",
  "clusters.closed": "● {count} chiuse",
  "clusters.threshold": "soglia {threshold}",
  "clusters.zero": "sole maschere: 0",
  "clusters.nearerOpen": "◂ più vicine ad aperta",
  "clusters.nearerClosed": "più vicine a chiusa ▸",
};
