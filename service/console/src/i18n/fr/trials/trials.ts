/* Self-tests and candidates. */

import type {
  CandidateKind,
  CandidateState,
  ReplayState,
  SelfTestCode,
  SelfTestResult,
} from "../../../api/types";

export const trialSentences = {
  "selfTest.title": "Autotest",
  "trials.title": "Autotest et candidats",
  "selfTest.none": "encore aucun",
  "selfTest.short": "{word} · {time}",
  "selfTest.missedShort": "manquant",
  "selfTest.missed":
    "L’autotest quotidien n’a pas eu lieu\u00a0: lancez-en un, et cherchez pourquoi dans le journal du service.",
  "selfTest.ran": "Dernier test\u00a0: {time}, par {by}.",
  "selfTest.due": "Le prochain est prévu {time}.",
  "selfTest.check": "{check}\u00a0: {what}",
  "selfTest.run": "Tester maintenant",
  "selfTest.runOf": "Tester maintenant\u00a0: {lift}",
  "selfTest.acceptView": "Le cadrage de la caméra est juste",
  "selfTest.done": "Testé. Personne n’a été alerté.",

  "candidates.title": "Candidats",
  "candidates.name": "{kind} {what}",
  "candidates.inShadow": "évalue en parallèle, ne décide de rien",
  "candidates.nothing": "Rien n’a encore été comparé.",
  "candidates.compared": {
    one: "{count} siège comparé, {disagreed} évalués autrement.",
    other: "{count} sièges comparés, {disagreed} évalués autrement ({low} à {high} de l’ensemble).",
  },
  "candidates.right":
    "Sur {reviewed} vérifiés, il en a {candidate} de justes\u00a0; ce qui évalue maintenant, {active}.",
  "candidates.swapped":
    "Semble inversé\u00a0: {inverted} verdicts sur {decided} sont opposés. Ses masques sont sans doute intervertis.",
  "candidates.progress": "Rejeu\u00a0: {done} sièges conservés sur {total}.",
  "candidates.replayed": "Rejeu {word}\u00a0: {done} sièges conservés.",
  "candidates.blurred": {
    one: "{count} a été évalué sur des images où les personnes sont masquées.",
    other: "{count} ont été évalués sur des images où les personnes sont masquées.",
  },
  "candidates.differing": "Où il diffère",
  "candidates.differs": "\u00a0: décidé {verdict}, le candidat {candidate}",
  "candidates.differsReviewed": "\u00a0: décidé {verdict}, le candidat {candidate}, vérifié {review}",
  "candidates.counted": { one: "{count} candidat", other: "{count} candidats" },
  "candidates.actionOf": "{action}\u00a0: {name}, {lift}",
  "candidates.shadow": "Évaluer en parallèle",
  "candidates.endShadow": "Ne plus évaluer en parallèle",
  "candidates.replay": "Rejouer",
  "candidates.cancel": "Annuler le rejeu",
  "candidates.promote": "L’utiliser",
  "candidates.rollBack": "Revenir en arrière",
  "candidates.drop": "Écarter",
  "candidates.done": "Fait.",
  "candidates.replaying":
    "Les sièges conservés sont réévalués\u00a0; les sièges qui passent ont la priorité.",
  "candidates.promoted": "Fait\u00a0: il évalue désormais.",
  "candidates.rolledBack": "Fait\u00a0: ce qu’il remplaçait évalue à nouveau.",
  "candidates.dropped": "Fait\u00a0: il est écarté.",
};

const selfTestResults: Record<SelfTestResult, string> = {
  passed: "réussi",
  incomplete: "incomplet",
  failed: "échoué",
};

const selfTestCodes: Record<SelfTestCode, string> = {
  ok: "fonctionne",
  no_masks: "le télésiège n’a pas de masques",
  no_open_passage:
    "aucun siège conservé n’est connu comme ouvert\u00a0: vérifiez-en un, ou fournissez une image de référence",
  no_closed_passage:
    "aucun siège conservé n’est connu comme fermé\u00a0: vérifiez-en un, ou fournissez une image de référence",
  misjudged: "{wrong} sur {passages} ont été évalués autrement\u00a0: {verdict}",
  people_hidden:
    "les personnes sont masquées dans le seul siège conservé qui pourrait trancher, et c’est peut-être la cause\u00a0: fournissez des images de référence",
  not_committed: "ce qui a été évalué n’est pas arrivé dans la base de données",
  nothing_sent: "rien n’a été évalué, il n’y avait donc rien à enregistrer",
  no_occupied_passage:
    "aucun siège conservé n’est connu comme ouvert et occupé, rien ne devait donc être une alarme",
  no_alarm: "{silent} sièges ouverts et occupés sur {passages} n’auraient donné aucune alarme",
  false_alarm: "{alarms} sièges fermés auraient donné l’alarme",
  not_published: "l’alarme {seq} a été enregistrée et pas envoyée à ceux qui écoutent",
  masks_doubted: "les sièges du télésiège parlent contre eux",
  not_armed: "le télésiège n’est pas armé",
  no_camera: "aucune caméra n’est surveillée",
  not_live: "elle n’est pas en service",
  impaired: "on ne peut pas s’y fier pour l’instant",
  no_picture: "elle n’a pas envoyé d’image récemment",
  no_enrolled_view: "aucun cadrage n’est conservé pour comparer",
  view_differs: "ce n’est pas le cadrage avec lequel le télésiège a été configuré",
  output_failed: "celles-ci ne fonctionnent pas\u00a0: {failed}",
  no_output: "aucune n’est activée",
};

const candidateKinds: Record<CandidateKind, string> = {
  masks: "Masques",
  calibration: "Calibrage sur site",
  model: "Modèle",
  threshold: "Seuil",
};

const candidateStates: Record<CandidateState, string> = {
  proposed: "proposé",
  promoted: "évalue",
  dropped: "écarté",
  rolled_back: "retiré",
};

const replayStates: Record<ReplayState, string> = {
  running: "en cours",
  done: "terminé",
  cancelled: "annulé",
  failed: "échoué",
};

/** Why a candidate or a self-test is refused, and what to do. */
export const trialRefusals = {
  self_test_given_up: "le service s’arrête, le test a donc été abandonné",
  self_test_running: "un test est déjà en cours\u00a0: attendez son résultat",
  signing_key_unusable: "la clé de signature du service est inutilisable\u00a0; son journal dit pourquoi",
  no_candidate: "le candidat {number} n’existe plus",
  no_replay: "le rejeu {number} n’existe plus",
  no_self_test: "l’autotest {number} n’existe plus",
  no_model: "il n’y a pas de modèle «\u00a0{name}\u00a0» dans le dossier de données du service",
  candidate_judges: "il évalue déjà",
  candidate_over: "il est {state}",
  candidate_untested:
    "il n’a jamais été comparé\u00a0: faites-le évaluer en parallèle, ou rejouez des sièges conservés",
  candidate_looks_swapped:
    "il semble inversé\u00a0: {inverted} verdicts sur {decided} sont opposés. Qui en est sûr malgré tout l’adopte par l’API, avec une raison",
  candidate_not_promoted: "il n’évalue pas",
  threshold_by_budget: "un seuil découle d’un budget\u00a0: choisissez le budget qui y mène",
  model_is_set: "les réglages du service nomment le modèle\u00a0: changez-le là",
  model_refused: "le modèle «\u00a0{name}\u00a0» est refusé\u00a0; le journal du service dit pourquoi",
  model_not_noted: "le choix ne peut pas être conservé pour le prochain démarrage\u00a0: contrôlez le disque",
};

export const trialWords = {
  selfTestResults,
  selfTestCodes,
  candidateKinds,
  candidateStates,
  replayStates,
};
