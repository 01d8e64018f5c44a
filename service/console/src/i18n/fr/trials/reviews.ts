/* Reviews: what people say of carriers, and how accurate a lift is by it. */

import type { ReviewAnswer, Stratum, Trend } from "../../../api/types";

export const reviewRefusals = {
  answer_contradicted: "le garde-corps et le siège disent autre chose que la réponse «\u00a0{answer}\u00a0»",
  no_review: "vous n’avez pas de réponse pour ce siège",
};

export const reviewSentences = {
  "review.title": "Vérification",
  "review.openOf": "Vérifier {name}",
  "review.of_lift": "Vérifications de {lift}",
  "review.question": "Que voyez-vous\u00a0?",
  "review.begin": "Début",
  "review.middle": "Milieu",
  "review.end": "Fin",
  "review.noPicture": "Pas d’image",
  "review.progress": "{done} sur {all} aujourd’hui",
  "review.progressLabel": "Sièges répondus aujourd’hui",
  "review.nothing": "Rien ne vous attend. Les prochains sièges sont tirés après minuit.",
  "review.reading": "Lecture …",
  "review.undo": "Annuler",
  "review.said": "{answer}\u00a0: le siège de {time}",
  "review.failed": "Non effectué\u00a0: {problem}",
  "review.whatCounts": "Ce qui compte comme quoi",
  "review.keys": "Au clavier\u00a0: la lettre de chaque bouton, ou 1 à 5. U reprend la dernière réponse.",
  "review.disputes": "Désaccords",
  "review.disputesHelp":
    "Le télésiège n’apprend encore rien de ces sièges. Une troisième personne tranche, ou l’une des deux change d’avis.",
  "review.noDisputes": "Tout le monde est d’accord.",
  "review.pictureOf": "Image {number} du siège de {time}",
  "review.says": "{by}\u00a0: {answer} ({at})",
  "review.decide": "{answer}\u00a0: le siège de {time}",
  "review.accuracy": "Précision",
  "review.month": "28 derniers jours",
  "review.quarter": "13 dernières semaines",
  "review.year": "Dernière année",
  "review.counted": {
    one: "{count} passage vérifié représente {carriers} sièges, dont {alarms} avec alarme.",
    other: "{count} passages vérifiés représentent {carriers} sièges, dont {alarms} avec alarme.",
  },
  "review.judgedSince":
    "Depuis {time}, le télésiège est évalué avec d’autres masques, un autre cadrage ou un autre calibrage\u00a0: ces chiffres mélangent les deux.",
  "review.unseen": {
    one: "{count} siège de plus est passé sans être vu ou n’a laissé aucune image\u00a0: aucun chiffre ne le couvre.",
    other:
      "{count} sièges de plus sont passés sans être vus ou n’ont laissé aucune image\u00a0: aucun chiffre ne les couvre.",
  },
  "review.uncovered":
    "Personne n’en a encore vérifié parmi\u00a0: {strata}. Les chiffres qui en dépendent manquent.",
  "review.misses": "Manqués, parmi les sièges ouverts et occupés",
  "review.falseAlarms": "Fausses, parmi les alarmes",
  "review.of": "sur {per}",
  "review.between": "{low} à {high}",
  "review.likely":
    "Intervalle à 95 %\u00a0; {expected} est le plus probable, mais on en sait trop peu pour s’y fier.",
  "review.range": "Intervalle à 95 %\u00a0: {low} à {high}",
  "review.worst": "Si tout ce que nul ne peut trancher était le pire\u00a0: jusqu’à {high}",
  "review.unknown": "Pas encore connu",
  "review.enough": "Assez de vérifications pour un intervalle utile.",
  "review.more": {
    one: "Environ {count} vérification de plus rend l’intervalle utile.",
    other: "Environ {count} vérifications de plus rendent l’intervalle utile.",
  },
  "review.moreUnknown": "On ne sait pas encore combien de vérifications il faut de plus.",
  "review.missedOf": "Manqués, sur 1 000 sièges\u00a0: {interval}",
  "review.falseOf": "Fausses alarmes, sur 1 000 sièges\u00a0: {interval}",
  "review.interval": "{expected} ({low} à {high})",
  "review.unsure": {
    one: "{count} des passages vérifiés ne peut être tranché, ou les avis divergent.",
    other: "{count} des passages vérifiés ne peuvent être tranchés, ou les avis divergent.",
  },
  "review.agreement": {
    one: "{count} passage a reçu la réponse de deux personnes, chacune sans celle de l’autre\u00a0: identique dans {expected} cas sur 100 ({low} à {high}).",
    other:
      "{count} passages ont reçu la réponse de deux personnes, chacune sans celle de l’autre\u00a0: identique dans {expected} cas sur 100 ({low} à {high}).",
  },
  "review.weeks": "Par semaine",
  "review.week": "Semaine du",
  "review.reviewed": "Vérifiés",
  "review.missedShort": "Manqués sur 1 000 sièges",
  "review.falseShort": "Fausses sur 100 alarmes",
  "review.source":
    "D’après un échantillon aléatoire de chaque jour. Un intervalle utile ne dépasse pas 20 sur 1 000 manqués et 20 sur 100 fausses.",
  "review.export": "Réponses en fichier",
  "review.exportHelp": "Les personnes sont numérotées. Ce qui est masqué sur les images le reste.",
  "review.exportCsv": "Réponses (CSV)",
  "review.exportZip": "Réponses et images (ZIP)",
};

export const reviewWords = {
  reviewAnswers: {
    open: "Ouvert",
    closed: "Fermé",
    moving: "En mouvement",
    empty: "Vide",
    cannot_tell: "Indécidable",
  },
  reviewMeanings: {
    open: "Quelqu’un est assis, et le garde-corps est ouvert sur la dernière image.",
    closed: "Le garde-corps est baissé sur la dernière image, quel que soit l’occupant.",
    moving: "Quelqu’un est assis, et le garde-corps est en mouvement\u00a0: pas entièrement baissé.",
    empty: "Personne n’est assis\u00a0: la position du garde-corps n’y change rien.",
    cannot_tell: "Caché, trop sombre, trop grossier. Dites-le plutôt que de deviner.",
  },
  strata: {
    alarm: "alarmes",
    unknown: "sièges dont rien n’a pu être dit",
    open: "sièges déclarés ouverts et vides",
    near: "sièges fermés qui ne l’étaient presque pas",
    clear: "sièges nettement fermés",
    unseen: "sièges non vus",
  },
  missTrends: {
    more: "Les manqués ont augmenté au fil des semaines.",
    fewer: "Les manqués ont diminué au fil des semaines.",
    steady: "Aucun changement au fil des semaines que le hasard ne montrerait aussi.",
    too_few: "Trop peu de manqués ont été trouvés pour voir un changement.",
  },
  falseTrends: {
    more: "Les fausses alarmes ont augmenté au fil des semaines.",
    fewer: "Les fausses alarmes ont diminué au fil des semaines.",
    steady: "Aucun changement au fil des semaines que le hasard ne montrerait aussi.",
    too_few: "Trop peu de fausses alarmes ont été trouvées pour voir un changement.",
  },
} satisfies {
  reviewAnswers: Record<ReviewAnswer, string>;
  reviewMeanings: Record<ReviewAnswer, string>;
  strata: Record<Stratum, string>;
  missTrends: Record<Trend, string>;
  falseTrends: Record<Trend, string>;
};
