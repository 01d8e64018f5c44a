/* The key figures of alarms. */

export const figureSentences = {
  "figures.title": "Kennzahlen der Alarme",
  "figures.open": "Kennzahlen",
  "figures.lift": "Bahn",
  "figures.allLifts": "Alle Bahnen",
  "figures.span": "Zeitraum",
  "figures.day": "Letzte 24 Stunden",
  "figures.week": "Letzte 7 Tage",
  "figures.month": "Letzte 30 Tage",
  "figures.counted": {
    one: "{count} Alarm rief von {from} bis {to} jemanden.",
    other: "{count} Alarme riefen von {from} bis {to} jemanden.",
  },
  "figures.figure": "Kennzahl",
  "figures.value": "Hier",
  "figures.limit": "Gut bis",
  "figures.most": "Höchstens",
  "figures.rating": "Also",
  "figures.none": "–",
  "figures.source":
    "Grenzwerte: EEMUA 191 und ISA-18.2, für einen Bediener. Für die Zeit bis zum Quittieren gibt es keinen.",
  "figures.failed": "Nicht gelesen: {problem}",
  "figures.topTitle": "Was die meisten auslöst",
  "figures.top": "{kind} · {place}{cause}: {count} ({share:percent})",
  "figures.topCause": " · {cause}",
  "figures.floodsTitle": "Alarmfluten",
  "figures.flood": "{from} bis {to}: {alarms} Alarme, davon {peak} in zehn Minuten",
  "figures.noFloods": "Keine: nie zehn Alarme in zehn Minuten.",
  "figures.seconds": "{seconds:fixed0} s",
  "figures.small": "{value:percent1}",
};

/** By the names of the API. */
export const figureNames = {
  per_day: "Alarme pro Tag",
  per_hour: "Alarme pro Stunde",
  per_10_minutes: "Alarme in zehn Minuten",
  peak_10_minutes: "Meiste in zehn Minuten",
  flood_share: "Zeitanteil in Alarmflut",
  standing: "Jetzt anstehend",
  stale: "Länger als einen Tag anstehend",
  chattering: "Kommen und gehen",
  top_ten_share: "Anteil der zehn häufigsten",
  median_s: "Quittiert nach, die Hälfte",
  p90_s: "Quittiert nach, neun von zehn",
  p99_s: "Quittiert nach, 99 von 100",
  within_aim: "In 60 s quittiert",
  waiting: "Bisher nicht quittiert",
};

export const ratings = { acceptable: "gut", manageable: "erträglich", too_high: "zu viel" };
