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
  "trials.title": "Autotest e candidati",
  "selfTest.none": "ancora nessuno",
  "selfTest.short": "{word} · {time}",
  "selfTest.missedShort": "mancato",
  "selfTest.missed":
    "L’autotest quotidiano non è stato eseguito: avviarne uno, e cercare il motivo nel registro del servizio.",
  "selfTest.ran": "Ultimo test: {time}, da {by}.",
  "selfTest.due": "Il prossimo è previsto {time}.",
  "selfTest.check": "{check}: {what}",
  "selfTest.run": "Testare ora",
  "selfTest.runOf": "Testare ora: {lift}",
  "selfTest.acceptView": "L’inquadratura della telecamera è giusta",
  "selfTest.done": "Testato. Nessuno è stato allarmato.",

  "candidates.title": "Candidati",
  "candidates.name": "{kind} {what}",
  "candidates.inShadow": "valuta in parallelo, non decide nulla",
  "candidates.nothing": "Non è ancora stato confrontato nulla.",
  "candidates.compared": {
    one: "{count} seggiola confrontata, {disagreed} valutate diversamente.",
    other: "{count} seggiole confrontate, {disagreed} valutate diversamente (da {low} a {high} del totale).",
  },
  "candidates.right": "Su {reviewed} verificate ne ha {candidate} giuste; ciò che valuta ora, {active}.",
  "candidates.swapped":
    "Sembra scambiato: {inverted} giudizi su {decided} sono opposti. Probabilmente le sue maschere sono scambiate.",
  "candidates.progress": "Riesame: {done} di {total} seggiole conservate.",
  "candidates.replayed": "Riesame {word}: {done} seggiole conservate.",
  "candidates.blurred": {
    one: "{count} è stata valutata su immagini in cui le persone sono irriconoscibili.",
    other: "{count} sono state valutate su immagini in cui le persone sono irriconoscibili.",
  },
  "candidates.differing": "Dove differisce",
  "candidates.differs": ": deciso {verdict}, il candidato {candidate}",
  "candidates.differsReviewed": ": deciso {verdict}, il candidato {candidate}, verificato {review}",
  "candidates.counted": { one: "{count} candidato", other: "{count} candidati" },
  "candidates.actionOf": "{action}: {name}, {lift}",
  "candidates.shadow": "Valutare in parallelo",
  "candidates.endShadow": "Non valutare più in parallelo",
  "candidates.replay": "Riesaminare",
  "candidates.cancel": "Annullare il riesame",
  "candidates.promote": "Usarlo",
  "candidates.rollBack": "Tornare indietro",
  "candidates.drop": "Scartare",
  "candidates.done": "Fatto.",
  "candidates.replaying":
    "Le seggiole conservate vengono rivalutate; quelle che passano hanno la precedenza.",
  "candidates.promoted": "Fatto: d’ora in poi valuta lui.",
  "candidates.rolledBack": "Fatto: ciò che aveva sostituito valuta di nuovo.",
  "candidates.dropped": "Fatto: è stato scartato.",
};

const selfTestResults: Record<SelfTestResult, string> = {
  passed: "superato",
  incomplete: "incompleto",
  failed: "non superato",
};

const selfTestCodes: Record<SelfTestCode, string> = {
  ok: "funziona",
  no_masks: "la seggiovia non ha maschere",
  no_open_passage:
    "nessuna seggiola conservata è nota come aperta: verificarne una, o fornire un’immagine di riferimento",
  no_closed_passage:
    "nessuna seggiola conservata è nota come chiusa: verificarne una, o fornire un’immagine di riferimento",
  misjudged: "{wrong} su {passages} sono state valutate diversamente: {verdict}",
  people_hidden:
    "nell’unica seggiola conservata che potrebbe dirlo le persone sono irriconoscibili, e forse è questo il motivo: fornire immagini di riferimento",
  not_committed: "ciò che è stato valutato non è arrivato alla banca dati",
  nothing_sent: "non è stato valutato nulla, quindi nulla era da salvare",
  no_occupied_passage:
    "nessuna seggiola conservata è nota come aperta e occupata, quindi nulla doveva essere un allarme",
  no_alarm: "{silent} seggiole aperte e occupate su {passages} non avrebbero dato allarme",
  false_alarm: "{alarms} seggiole chiuse avrebbero dato allarme",
  not_published: "l’allarme {seq} è stato salvato e non inviato a chi ascolta",
  masks_doubted: "le seggiole della seggiovia parlano contro di esse",
  not_armed: "la seggiovia non è armata",
  no_camera: "nessuna telecamera è sorvegliata",
  not_live: "non è attiva",
  impaired: "ora non è affidabile",
  no_picture: "non ha inviato immagini di recente",
  no_enrolled_view: "nessuna inquadratura è conservata per il confronto",
  view_differs: "non è l’inquadratura con cui la seggiovia è stata configurata",
  output_failed: "queste non funzionano: {failed}",
  no_output: "nessuna è attivata",
};

const candidateKinds: Record<CandidateKind, string> = {
  masks: "Maschere",
  calibration: "Calibrazione sul posto",
  model: "Modello",
  threshold: "Soglia",
};

const candidateStates: Record<CandidateState, string> = {
  proposed: "proposto",
  promoted: "valuta",
  dropped: "scartato",
  rolled_back: "ritirato",
};

const replayStates: Record<ReplayState, string> = {
  running: "in corso",
  done: "finito",
  cancelled: "annullato",
  failed: "fallito",
};

/** Why a candidate or a self-test is refused, and what to do. */
export const trialRefusals = {
  self_test_given_up: "il servizio termina, quindi il test è stato abbandonato",
  self_test_running: "un test è già in corso: attenderne il risultato",
  signing_key_unusable: "la chiave di firma del servizio è inutilizzabile; il suo registro dice perché",
  no_candidate: "il candidato {number} non esiste più",
  no_replay: "il riesame {number} non esiste più",
  no_self_test: "l’autotest {number} non esiste più",
  no_model: "nella cartella dei dati del servizio non c’è un modello «{name}»",
  candidate_judges: "valuta già",
  candidate_over: "è {state}",
  candidate_untested:
    "non è mai stato confrontato: farlo valutare in parallelo, o riesaminare seggiole conservate",
  candidate_looks_swapped:
    "sembra scambiato: {inverted} giudizi su {decided} sono opposti. Chi ne è comunque sicuro lo adotta tramite l’API, con un motivo",
  candidate_not_promoted: "non valuta",
  threshold_by_budget: "una soglia deriva da un budget: scegliere il budget che vi porta",
  model_is_set: "le impostazioni del servizio indicano il modello: cambiarlo lì",
  model_refused: "il modello «{name}» è rifiutato; il registro del servizio dice perché",
  model_not_noted: "la scelta non può essere salvata per il prossimo avvio: controllare il disco",
};

export const trialWords = {
  selfTestResults,
  selfTestCodes,
  candidateKinds,
  candidateStates,
  replayStates,
};
