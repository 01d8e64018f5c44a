/* A lift's site calibration. */

export const calibrationSentences = {
  "calibration.title": "Garde-corps ouvert / fermé\u00a0: ce que disent les sièges de ce télésiège",
  "calibration.nothing": "encore rien",
  "calibration.short": "{word} · {use}",
  "calibration.inUseShort": "utilisé",
  "calibration.notInUseShort": "non utilisé",
  "calibration.go": "GO",
  "calibration.noGo": "NO-GO",
  "calibration.notArmed": "NON ARMÉ",
  "calibration.goSo":
    "\u00a0: les deux groupes se chevauchent de {overlap}, le seuil entre eux distingue donc ouvert de fermé.",
  "calibration.noGoSo":
    "\u00a0: les deux groupes se chevauchent de {overlap}, trop pour distinguer ouvert de fermé. Vérifiez des sièges et recalculez, ou contrôlez masques et caméra.",
  "calibration.notArmedSo":
    "\u00a0: les deux groupes se chevauchent de {overlap}, mais le télésiège est {why}.",
  "calibration.lessThan": "moins de {share:percent1}",
  "calibration.origin": "Calculé {time} à partir de {carriers} sièges, {reviewed}",
  "calibration.reviewedNone": "dont aucun vérifié",
  "calibration.reviewed": "dont {reviewed} vérifiés",
  "calibration.openShare": "{share:percent} ouverts",
  "calibration.prototypes": "sait à quoi ressemblent les sièges ouverts et fermés",
  "calibration.noPrototypes": "trop peu d’un état pour apprendre à quoi il ressemble",
  "calibration.adapter": "corrigé par ce qui a été vérifié",
  "calibration.taken": "{share:percent} occupés",
  "calibration.seatMore":
    "{taken}, un siège vide ressemble plus à un siège occupé que sur d’autres télésièges",
  "calibration.seatLess":
    "{taken}, un siège vide ressemble moins à un siège occupé que sur d’autres télésièges",
  "calibration.noMasks": "Pas encore de masques\u00a0: rien n’est évalué, et rien ne peut être calculé.",
  "calibration.noProposal":
    "Pas encore de proposition\u00a0: le service en fait une dès qu’assez de sièges ont été bien vus.",
  "calibration.inUse": "Utilisé\u00a0: le télésiège est évalué avec ce seuil.",
  "calibration.masksAlone": "Non utilisé\u00a0: le télésiège est évalué avec ses seuls masques.",
  "calibration.earlier":
    "Non utilisé\u00a0: le télésiège est évalué avec un seuil antérieur, {threshold}, calculé {time}.",
  "calibration.compared": "Il est comparé à ce qui évalue\u00a0: voir les candidats plus bas.",

  "calibration.actions": "Ce avec quoi le télésiège est évalué",
  "calibration.actionOf": "{action}\u00a0: {lift}",
  "calibration.recalculate": "Recalculer",
  "calibration.recalculated": {
    one: "Calculé à partir de {count} siège.",
    other: "Calculé à partir de {count} sièges.",
  },
  "calibration.use": "Utiliser ce calibrage",
  "calibration.used": "Fait\u00a0: le télésiège est désormais évalué avec lui.",
  "calibration.compare": "Comparer en parallèle",
  "calibration.comparing": "Fait\u00a0: il évalue aussi les prochains sièges, et ne décide de rien.",
  "calibration.useMasks": "Utiliser les seuls masques",
  "calibration.masksUsed": "Fait\u00a0: le télésiège est désormais évalué avec ses seuls masques.",
  "calibration.tooEarly":
    "Trop tôt\u00a0: {seen} sièges sur {needed} assez bien vus jusqu’ici, il en manque {missing}.",

  "clusters.carriers": { one: "{count} siège", other: "{count} sièges" },
  "clusters.bar": "{carriers}, marge de {from} à {to}",
  "clusters.says":
    "Marges de {carriers}\u00a0: {open} sous le seuil {threshold}, plus près d’ouvert, {closed} au-dessus, plus près de fermé. Les masques seuls les séparent à 0.",
  "clusters.open": "▲ {count} ouverts",
  "clusters.closed": "● {count} fermés",
  "clusters.threshold": "seuil {threshold}",
  "clusters.zero": "masques seuls\u00a0: 0",
  "clusters.nearerOpen": "◂ plus près d’ouvert",
  "clusters.nearerClosed": "plus près de fermé ▸",
};
