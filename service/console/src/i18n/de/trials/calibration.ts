/* A lift's site calibration. */

export const calibrationSentences = {
  "calibration.title": "Bügel offen / geschlossen: was die Sessel dieser Bahn zeigen",
  "calibration.nothing": "noch nichts",
  "calibration.short": "{word} · {use}",
  "calibration.inUseShort": "in Gebrauch",
  "calibration.notInUseShort": "nicht in Gebrauch",
  "calibration.go": "GO",
  "calibration.noGo": "NO-GO",
  "calibration.notArmed": "NICHT SCHARF",
  "calibration.goSo":
    ": Die zwei Gruppen überlappen um {overlap}, die Schwelle dazwischen trennt also offen von geschlossen.",
  "calibration.noGoSo":
    ": Die zwei Gruppen überlappen um {overlap}, zu viel, um offen von geschlossen zu trennen. Prüfen Sie Sessel und berechnen Sie neu, oder sehen Sie nach Masken und Kamera.",
  "calibration.notArmedSo": ": Die zwei Gruppen überlappen um {overlap}, aber die Bahn ist {why}.",
  "calibration.lessThan": "weniger als {share:percent1}",
  "calibration.origin": "Berechnet {time} aus {carriers} Sesseln, {reviewed}",
  "calibration.reviewedNone": "keiner davon geprüft",
  "calibration.reviewed": "{reviewed} davon geprüft",
  "calibration.openShare": "{share:percent} offen",
  "calibration.prototypes": "weiß, wie offene und geschlossene Sessel aussehen",
  "calibration.noPrototypes": "von einem Zustand zu wenige, um sein Aussehen zu lernen",
  "calibration.adapter": "durch Geprüftes berichtigt",
  "calibration.taken": "{share:percent} besetzt",
  "calibration.seatMore": "{taken}, ein leerer Sitz sieht besetzten ähnlicher als bei anderen Bahnen",
  "calibration.seatLess": "{taken}, ein leerer Sitz sieht besetzten weniger ähnlich als bei anderen Bahnen",
  "calibration.noMasks": "Noch keine Masken: Es wird nichts beurteilt, und es kann nichts berechnet werden.",
  "calibration.noProposal":
    "Noch kein Vorschlag: Der Dienst macht einen, sobald genug Sessel gut genug gesehen wurden.",
  "calibration.inUse": "In Gebrauch: Die Bahn wird nach dieser Schwelle beurteilt.",
  "calibration.masksAlone": "Nicht in Gebrauch: Die Bahn wird allein nach ihren Masken beurteilt.",
  "calibration.earlier":
    "Nicht in Gebrauch: Die Bahn wird nach einer früheren Schwelle beurteilt, {threshold}, berechnet {time}.",
  "calibration.compared": "Sie wird mit dem verglichen, was jetzt urteilt: siehe die Kandidaten unten.",

  "calibration.actions": "Wonach die Bahn beurteilt wird",
  "calibration.actionOf": "{action}: {lift}",
  "calibration.recalculate": "Neu berechnen",
  "calibration.recalculated": {
    one: "Aus {count} Sessel berechnet.",
    other: "Aus {count} Sesseln berechnet.",
  },
  "calibration.use": "Diese Kalibrierung verwenden",
  "calibration.used": "Erledigt: Die Bahn wird ab jetzt danach beurteilt.",
  "calibration.compare": "Im Schatten vergleichen",
  "calibration.comparing": "Erledigt: Sie beurteilt die nächsten Sessel mit und entscheidet nichts.",
  "calibration.useMasks": "Nur die Masken verwenden",
  "calibration.masksUsed": "Erledigt: Die Bahn wird ab jetzt allein nach ihren Masken beurteilt.",
  "calibration.tooEarly":
    "Zu früh: Bisher wurden {seen} von {needed} Sesseln gut genug gesehen, {missing} fehlen noch.",

  "clusters.carriers": { one: "{count} Sessel", other: "{count} Sessel" },
  "clusters.bar": "{carriers}, Abstand {from} bis {to}",
  "clusters.says":
    "Abstände von {carriers}: {open} unter der Schwelle {threshold}, näher an offen, {closed} darüber, näher an geschlossen. Die Masken allein trennen bei 0.",
  "clusters.open": "▲ {count} offen",
  "clusters.closed": "● {count} geschlossen",
  "clusters.threshold": "Schwelle {threshold}",
  "clusters.zero": "Masken allein: 0",
  "clusters.nearerOpen": "◂ näher an offen",
  "clusters.nearerClosed": "näher an geschlossen ▸",
};
