/* Reviews: what people say of carriers, and how accurate a lift is by it. */

import type { ReviewAnswer, Stratum, Trend } from "../../../api/types";

export const reviewRefusals = {
  answer_contradicted: "Bügel und Sitz sagen etwas anderes als die Antwort „{answer}“",
  no_review: "Von Ihnen liegt zu diesem Sessel keine Antwort vor",
};

export const reviewSentences = {
  "review.title": "Prüfung",
  "review.openOf": "{name} prüfen",
  "review.of_lift": "Prüfungen von {lift}",
  "review.question": "Was sehen Sie?",
  "review.begin": "Anfang",
  "review.middle": "Mitte",
  "review.end": "Ende",
  "review.noPicture": "Kein Bild",
  "review.progress": "{done} von {all} heute",
  "review.progressLabel": "Heute beantwortete Sessel",
  "review.nothing": "Nichts wartet auf Sie. Die nächsten Sessel werden nach Mitternacht gezogen.",
  "review.reading": "Wird gelesen …",
  "review.undo": "Rückgängig",
  "review.said": "{answer}: der Sessel von {time}",
  "review.failed": "Nicht ausgeführt: {problem}",
  "review.whatCounts": "Was als was gilt",
  "review.keys":
    "Mit Tasten: der Buchstabe auf jeder Schaltfläche, oder 1 bis 5. U nimmt die letzte Antwort zurück.",
  "review.disputes": "Uneinigkeiten",
  "review.disputesHelp":
    "Aus diesen Sesseln lernt die Bahn noch nichts. Eine dritte Person entscheidet, oder eine der beiden ändert ihre Antwort.",
  "review.noDisputes": "Alle sind sich einig.",
  "review.pictureOf": "Bild {number} des Sessels von {time}",
  "review.says": "{by}: {answer} ({at})",
  "review.decide": "{answer}: der Sessel von {time}",
  "review.accuracy": "Genauigkeit",
  "review.month": "Letzte 28 Tage",
  "review.quarter": "Letzte 13 Wochen",
  "review.year": "Letztes Jahr",
  "review.counted": {
    one: "{count} geprüfter Durchgang steht für {carriers} Sessel, {alarms} davon mit Alarm.",
    other: "{count} geprüfte Durchgänge stehen für {carriers} Sessel, {alarms} davon mit Alarm.",
  },
  "review.judgedSince":
    "Seit {time} wird die Bahn mit anderen Masken, anderem Ausschnitt oder anderer Kalibrierung beurteilt: Diese Zahlen mischen beides.",
  "review.unseen": {
    one: "{count} weiterer Sessel fuhr ungesehen vorbei oder hinterließ kein Bild: Keine Zahl erfasst ihn.",
    other:
      "{count} weitere Sessel fuhren ungesehen vorbei oder hinterließen kein Bild: Keine Zahl erfasst sie.",
  },
  "review.uncovered":
    "Von diesen hat noch niemand welche geprüft: {strata}. Die Zahlen, die sie brauchen, fehlen.",
  "review.misses": "Übersehen, von offenen und besetzten Sesseln",
  "review.falseAlarms": "Falsch, von Alarmen",
  "review.of": "von {per}",
  "review.between": "{low} bis {high}",
  "review.likely":
    "95-%-Intervall; {expected} ist am wahrscheinlichsten, aber zu wenig ist bekannt, um sich darauf zu verlassen.",
  "review.range": "95-%-Intervall: {low} bis {high}",
  "review.worst": "Wäre alles Unentscheidbare der schlimmste Fall: bis zu {high}",
  "review.unknown": "Noch nicht bekannt",
  "review.enough": "Es wurde genug für ein brauchbares Intervall geprüft.",
  "review.more": {
    one: "Etwa {count} weitere Prüfung macht das Intervall brauchbar.",
    other: "Etwa {count} weitere Prüfungen machen das Intervall brauchbar.",
  },
  "review.moreUnknown": "Wie viele weitere Prüfungen nötig sind, ist noch nicht bekannt.",
  "review.missedOf": "Übersehen, von 1000 Sesseln: {interval}",
  "review.falseOf": "Falschalarme, von 1000 Sesseln: {interval}",
  "review.interval": "{expected} ({low} bis {high})",
  "review.unsure": {
    one: "{count} der geprüften Durchgänge ist nicht zu entscheiden, oder man ist sich darüber uneinig.",
    other: "{count} der geprüften Durchgänge sind nicht zu entscheiden, oder man ist sich darüber uneinig.",
  },
  "review.agreement": {
    one: "{count} Durchgang wurde von zwei Personen beantwortet, jede ohne die Antwort der anderen: gleich in {expected} von 100 Fällen ({low} bis {high}).",
    other:
      "{count} Durchgänge wurden von zwei Personen beantwortet, jede ohne die Antwort der anderen: gleich in {expected} von 100 Fällen ({low} bis {high}).",
  },
  "review.weeks": "Nach Wochen",
  "review.week": "Woche ab",
  "review.reviewed": "Geprüft",
  "review.missedShort": "Übersehen von 1000 Sesseln",
  "review.falseShort": "Falsch von 100 Alarmen",
  "review.source":
    "Aus einer Zufallsstichprobe jedes Tages. Brauchbar ist ein Intervall, das höchstens 20 von 1000 Übersehene und 20 von 100 Falsche breit ist.",
  "review.export": "Antworten als Datei",
  "review.exportHelp": "Personen sind nummeriert. Was auf den Bildern verdeckt ist, bleibt verdeckt.",
  "review.exportCsv": "Antworten (CSV)",
  "review.exportZip": "Antworten und Bilder (ZIP)",
};

export const reviewWords = {
  reviewAnswers: {
    open: "Offen",
    closed: "Geschlossen",
    moving: "In Bewegung",
    empty: "Leer",
    cannot_tell: "Nicht erkennbar",
  },
  reviewMeanings: {
    open: "Jemand sitzt dort, und der Bügel ist im letzten Bild offen.",
    closed: "Der Bügel ist im letzten Bild unten, wer auch immer dort sitzt.",
    moving: "Jemand sitzt dort, und der Bügel bewegt sich noch: nicht ganz unten.",
    empty: "Niemand sitzt dort: Wo der Bügel ist, macht keinen Unterschied.",
    cannot_tell: "Verdeckt, zu dunkel, zu grob. Sagen Sie es lieber, als zu raten.",
  },
  strata: {
    alarm: "Alarme",
    unknown: "Sessel, über die nichts gesagt werden konnte",
    open: "Sessel, die als offen und leer galten",
    near: "geschlossene Sessel, die es beinahe nicht waren",
    clear: "eindeutig geschlossene Sessel",
    unseen: "ungesehene Sessel",
  },
  missTrends: {
    more: "Über die Wochen wurde mehr übersehen.",
    fewer: "Über die Wochen wurde weniger übersehen.",
    steady: "Keine Änderung über die Wochen, die der Zufall nicht auch zeigen würde.",
    too_few: "Zu wenig Übersehenes wurde gefunden, um eine Änderung zu sehen.",
  },
  falseTrends: {
    more: "Über die Wochen wurden es mehr Falschalarme.",
    fewer: "Über die Wochen wurden es weniger Falschalarme.",
    steady: "Keine Änderung über die Wochen, die der Zufall nicht auch zeigen würde.",
    too_few: "Zu wenige Falschalarme wurden gefunden, um eine Änderung zu sehen.",
  },
} satisfies {
  reviewAnswers: Record<ReviewAnswer, string>;
  reviewMeanings: Record<ReviewAnswer, string>;
  strata: Record<Stratum, string>;
  missTrends: Record<Trend, string>;
  falseTrends: Record<Trend, string>;
};
