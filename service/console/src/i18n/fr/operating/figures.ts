/* The key figures of alarms. */

export const figureSentences = {
  "figures.title": "Chiffres clés des alarmes",
  "figures.open": "Chiffres clés",
  "figures.lift": "Télésiège",
  "figures.allLifts": "Tous les télésièges",
  "figures.span": "Période",
  "figures.day": "Dernières 24 heures",
  "figures.week": "7 derniers jours",
  "figures.month": "30 derniers jours",
  "figures.counted": {
    one: "{count} alarme a appelé quelqu’un du {from} au {to}.",
    other: "{count} alarmes ont appelé quelqu’un du {from} au {to}.",
  },
  "figures.figure": "Chiffre",
  "figures.value": "Ici",
  "figures.limit": "Bon jusqu’à",
  "figures.most": "Au plus",
  "figures.rating": "Donc",
  "figures.none": "–",
  "figures.source":
    "Limites\u00a0: EEMUA 191 et ISA-18.2, pour un opérateur. Il n’y en a pas pour le délai d’acquittement.",
  "figures.failed": "Non lu\u00a0: {problem}",
  "figures.topTitle": "Ce qui en déclenche le plus",
  "figures.top": "{kind} · {place}{cause}\u00a0: {count} ({share:percent})",
  "figures.topCause": " · {cause}",
  "figures.floodsTitle": "Avalanches",
  "figures.flood": "{from} à {to}\u00a0: {alarms} alarmes, dont {peak} en dix minutes",
  "figures.noFloods": "Aucune\u00a0: jamais dix alarmes en dix minutes.",
  "figures.seconds": "{seconds:fixed0} s",
  "figures.small": "{value:percent1}",
};

/** By the names of the API. */
export const figureNames = {
  per_day: "Alarmes par jour",
  per_hour: "Alarmes par heure",
  per_10_minutes: "Alarmes en dix minutes",
  peak_10_minutes: "Maximum en dix minutes",
  flood_share: "Part du temps en avalanche",
  standing: "En cours maintenant",
  stale: "En cours depuis plus d’un jour",
  chattering: "Intermittentes",
  top_ten_share: "Part des dix plus fréquentes",
  median_s: "Acquittées en, la moitié",
  p90_s: "Acquittées en, neuf sur dix",
  p99_s: "Acquittées en, 99 sur 100",
  within_aim: "Acquittées en moins de 60 s",
  waiting: "Pas encore acquittées",
};

export const ratings = { acceptable: "bon", manageable: "supportable", too_high: "trop" };
