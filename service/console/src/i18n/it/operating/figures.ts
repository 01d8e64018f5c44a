/* The key figures of alarms. */

export const figureSentences = {
  "figures.title": "Cifre chiave degli allarmi",
  "figures.open": "Cifre chiave",
  "figures.lift": "Seggiovia",
  "figures.allLifts": "Tutte le seggiovie",
  "figures.span": "Periodo",
  "figures.day": "Ultime 24 ore",
  "figures.week": "Ultimi 7 giorni",
  "figures.month": "Ultimi 30 giorni",
  "figures.counted": {
    one: "{count} allarme ha chiamato qualcuno dal {from} al {to}.",
    other: "{count} allarmi hanno chiamato qualcuno dal {from} al {to}.",
  },
  "figures.figure": "Cifra",
  "figures.value": "Qui",
  "figures.limit": "Bene fino a",
  "figures.most": "Al massimo",
  "figures.rating": "Quindi",
  "figures.none": "–",
  "figures.source":
    "Limiti: EEMUA 191 e ISA-18.2, per un operatore. Per il tempo di riconoscimento non ce n’è.",
  "figures.failed": "Non letto: {problem}",
  "figures.topTitle": "Che cosa ne provoca di più",
  "figures.top": "{kind} · {place}{cause}: {count} ({share:percent})",
  "figures.topCause": " · {cause}",
  "figures.floodsTitle": "Valanghe",
  "figures.flood": "dalle {from} alle {to}: {alarms} allarmi, di cui {peak} in dieci minuti",
  "figures.noFloods": "Nessuna: mai dieci allarmi in dieci minuti.",
  "figures.seconds": "{seconds:fixed0} s",
  "figures.small": "{value:percent1}",
};

/** By the names of the API. */
export const figureNames = {
  per_day: "Allarmi al giorno",
  per_hour: "Allarmi all’ora",
  per_10_minutes: "Allarmi in dieci minuti",
  peak_10_minutes: "Massimo in dieci minuti",
  flood_share: "Quota del tempo in valanga",
  standing: "Attivi ora",
  stale: "Attivi da oltre un giorno",
  chattering: "Intermittenti",
  top_ten_share: "Quota dei dieci più frequenti",
  median_s: "Riconosciuti entro, la metà",
  p90_s: "Riconosciuti entro, nove su dieci",
  p99_s: "Riconosciuti entro, 99 su 100",
  within_aim: "Riconosciuti entro 60 s",
  waiting: "Finora non riconosciuti",
};

export const ratings = { acceptable: "bene", manageable: "sopportabile", too_high: "troppo" };
