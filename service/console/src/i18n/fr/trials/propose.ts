/* Proposing a candidate. */

export const proposeSentences = {
  "propose.open": "Essayer autre chose",
  "propose.openOf": "Essayer autre chose\u00a0: {lift}",
  "propose.kind": "Quoi",
  "propose.version": "Lequel",
  "propose.model": "Quel modèle",
  "propose.masks": "v{version}, fait {time}",
  "propose.calibration": "v{version}, {time}, à partir de {count} sièges",
  "propose.modelOf": "{name} ({identity})",
  "propose.limited": "Au plus",
  "propose.limit": "Combien",
  "propose.openFrom": "Ouvert à partir de cette probabilité d’ouverture",
  "propose.closedTo": "Fermé jusqu’à cette probabilité d’ouverture",
  "propose.thresholdHelp": "Pour comparaison seulement\u00a0: ce qui sera utilisé un jour est un budget.",
  "propose.shadow": "Évaluer en parallèle dès maintenant\u00a0; sans décider de rien",
  "propose.replay": "Réévaluer aussi les sièges conservés (rejeu)",
  "propose.from": "Sièges à partir de (vide\u00a0: tous)",
  "propose.to": "Sièges jusqu’à (vide\u00a0: maintenant)",
  "propose.go": "Essayer",
  "propose.cancel": "Annuler",
  "propose.done": "C’est maintenant un candidat\u00a0; il ne décide de rien.",
};

export const triedKinds = {
  masks: "D’autres masques",
  calibration: "Un calibrage sur site",
  model: "Un autre modèle",
  budget: "Un seuil, par un budget",
  threshold: "Un seuil, par deux probabilités",
};

export const nothingToTry = {
  masks: "Le télésiège n’a pas d’autres masques\u00a0: dessinez-en sous «\u00a0Configurer\u00a0».",
  calibration: "Le télésiège n’a pas d’autre calibrage sur site pour ces masques.",
  model:
    "Il n’y a pas d’autre modèle\u00a0: l’exploitant du service en dépose un dans `models` de son dossier de données.",
};
