/* Reviews: what people say of carriers, and how accurate a lift is by it. */

import type { ReviewAnswer, Stratum, Trend } from "../../../api/types";

export const reviewRefusals = {
  answer_contradicted: "barra e sedile dicono altro rispetto alla risposta «{answer}»",
  no_review: "non c’è una sua risposta per questa seggiola",
};

export const reviewSentences = {
  "review.title": "Verifica",
  "review.openOf": "Verificare {name}",
  "review.of_lift": "Verifiche di {lift}",
  "review.question": "Che cosa vede?",
  "review.begin": "Inizio",
  "review.middle": "Metà",
  "review.end": "Fine",
  "review.noPicture": "Nessuna immagine",
  "review.progress": "{done} di {all} oggi",
  "review.progressLabel": "Seggiole con risposta oggi",
  "review.nothing": "Nulla attende. Le prossime seggiole vengono estratte dopo mezzanotte.",
  "review.reading": "Lettura in corso …",
  "review.undo": "Annullare",
  "review.said": "{answer}: la seggiola delle {time}",
  "review.failed": "Non eseguito: {problem}",
  "review.whatCounts": "Che cosa vale come cosa",
  "review.keys": "Da tastiera: la lettera su ogni pulsante, o da 1 a 5. U ritira l’ultima risposta.",
  "review.disputes": "Disaccordi",
  "review.disputesHelp":
    "La seggiovia non impara ancora nulla da queste seggiole. Decide una terza persona, o una delle due cambia risposta.",
  "review.noDisputes": "Tutti d’accordo.",
  "review.pictureOf": "Immagine {number} della seggiola delle {time}",
  "review.says": "{by}: {answer} ({at})",
  "review.decide": "{answer}: la seggiola delle {time}",
  "review.accuracy": "Accuratezza",
  "review.month": "Ultimi 28 giorni",
  "review.quarter": "Ultime 13 settimane",
  "review.year": "Ultimo anno",
  "review.counted": {
    one: "{count} passaggio verificato vale per {carriers} seggiole, di cui {alarms} con allarme.",
    other: "{count} passaggi verificati valgono per {carriers} seggiole, di cui {alarms} con allarme.",
  },
  "review.judgedSince":
    "Dalle {time} la seggiovia è valutata con altre maschere, altra inquadratura o altra calibrazione: queste cifre mescolano le due.",
  "review.unseen": {
    one: "{count} altra seggiola è passata non vista o non ha lasciato immagini: nessuna cifra la comprende.",
    other:
      "{count} altre seggiole sono passate non viste o non hanno lasciato immagini: nessuna cifra le comprende.",
  },
  "review.uncovered": "Nessuno ne ha ancora verificate tra: {strata}. Le cifre che ne hanno bisogno mancano.",
  "review.misses": "Sfuggite, tra le seggiole aperte e occupate",
  "review.falseAlarms": "Falsi, tra gli allarmi",
  "review.of": "su {per}",
  "review.between": "da {low} a {high}",
  "review.likely":
    "Intervallo al 95%; {expected} è il più probabile, ma si sa troppo poco per farvi affidamento.",
  "review.range": "Intervallo al 95%: da {low} a {high}",
  "review.worst": "Se tutto ciò che nessuno può dire fosse il peggio: fino a {high}",
  "review.unknown": "Non ancora noto",
  "review.enough": "Verifiche sufficienti per un intervallo utile.",
  "review.more": {
    one: "Circa {count} altra verifica rende utile l’intervallo.",
    other: "Circa {count} altre verifiche rendono utile l’intervallo.",
  },
  "review.moreUnknown": "Quante altre verifiche occorrano non è ancora noto.",
  "review.missedOf": "Sfuggite, su 1000 seggiole: {interval}",
  "review.falseOf": "Falsi allarmi, su 1000 seggiole: {interval}",
  "review.interval": "{expected} (da {low} a {high})",
  "review.unsure": {
    one: "{count} dei passaggi verificati non è decidibile, o i pareri divergono.",
    other: "{count} dei passaggi verificati non sono decidibili, o i pareri divergono.",
  },
  "review.agreement": {
    one: "{count} passaggio ha avuto risposta da due persone, ciascuna senza quella dell’altra: uguale in {expected} casi su 100 (da {low} a {high}).",
    other:
      "{count} passaggi hanno avuto risposta da due persone, ciascuna senza quella dell’altra: uguale in {expected} casi su 100 (da {low} a {high}).",
  },
  "review.weeks": "Per settimana",
  "review.week": "Settimana dal",
  "review.reviewed": "Verificati",
  "review.missedShort": "Sfuggite su 1000 seggiole",
  "review.falseShort": "Falsi su 100 allarmi",
  "review.source":
    "Da un campione casuale di ogni giorno. Un intervallo utile non supera 20 su 1000 sfuggite e 20 su 100 falsi.",
  "review.export": "Risposte come file",
  "review.exportHelp": "Le persone sono numerate. Ciò che è nascosto nelle immagini resta nascosto.",
  "review.exportCsv": "Risposte (CSV)",
  "review.exportZip": "Risposte e immagini (ZIP)",
};

export const reviewWords = {
  reviewAnswers: {
    open: "Aperta",
    closed: "Chiusa",
    moving: "In movimento",
    empty: "Vuota",
    cannot_tell: "Non si capisce",
  },
  reviewMeanings: {
    open: "Qualcuno è seduto, e la barra è aperta nell’ultima immagine.",
    closed: "La barra è abbassata nell’ultima immagine, chiunque sia seduto.",
    moving: "Qualcuno è seduto, e la barra è in movimento: non del tutto abbassata.",
    empty: "Nessuno è seduto: dove sia la barra non fa differenza.",
    cannot_tell: "Nascosta, troppo scura, troppo sgranata. Meglio dirlo che indovinare.",
  },
  strata: {
    alarm: "allarmi",
    unknown: "seggiole di cui non si è potuto dire nulla",
    open: "seggiole dette aperte e vuote",
    near: "seggiole chiuse che per poco non lo erano",
    clear: "seggiole chiaramente chiuse",
    unseen: "seggiole non viste",
  },
  missTrends: {
    more: "Nelle settimane ne sono sfuggite di più.",
    fewer: "Nelle settimane ne sono sfuggite di meno.",
    steady: "Nessun cambiamento nelle settimane che il caso non mostrerebbe.",
    too_few: "Ne sono state trovate troppo poche sfuggite per vedere un cambiamento.",
  },
  falseTrends: {
    more: "Nelle settimane i falsi allarmi sono aumentati.",
    fewer: "Nelle settimane i falsi allarmi sono diminuiti.",
    steady: "Nessun cambiamento nelle settimane che il caso non mostrerebbe.",
    too_few: "Sono stati trovati troppo pochi falsi allarmi per vedere un cambiamento.",
  },
} satisfies {
  reviewAnswers: Record<ReviewAnswer, string>;
  reviewMeanings: Record<ReviewAnswer, string>;
  strata: Record<Stratum, string>;
  missTrends: Record<Trend, string>;
  falseTrends: Record<Trend, string>;
};
