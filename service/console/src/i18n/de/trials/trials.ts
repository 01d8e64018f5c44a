/* Self-tests and candidates. */

import type {
  CandidateKind,
  CandidateState,
  ReplayState,
  SelfTestCode,
  SelfTestResult,
} from "../../../api/types";

export const trialSentences = {
  "selfTest.title": "Selbsttest",
  "trials.title": "Selbsttest und Kandidaten",
  "selfTest.none": "noch keiner",
  "selfTest.short": "{word} · {time}",
  "selfTest.missedShort": "ausgeblieben",
  "selfTest.missed":
    "Der tägliche Test ist ausgeblieben: Starten Sie einen, und sehen Sie im Protokoll des Dienstes nach, warum.",
  "selfTest.ran": "Letzter Test: {time}, durch {by}.",
  "selfTest.due": "Der nächste ist fällig: {time}.",
  "selfTest.check": "{check}: {what}",
  "selfTest.run": "Jetzt testen",
  "selfTest.runOf": "Jetzt testen: {lift}",
  "selfTest.acceptView": "Der Ausschnitt der Kamera stimmt",
  "selfTest.done": "Getestet. Niemand wurde alarmiert.",

  "candidates.title": "Kandidaten",
  "candidates.name": "{kind} {what}",
  "candidates.inShadow": "urteilt mit, entscheidet nichts",
  "candidates.nothing": "Noch nichts wurde verglichen.",
  "candidates.compared": {
    one: "{count} Sessel verglichen, {disagreed} anders beurteilt.",
    other: "{count} Sessel verglichen, {disagreed} anders beurteilt ({low} bis {high} von allen).",
  },
  "candidates.right": "Von {reviewed} geprüften hat er {candidate} richtig; was jetzt urteilt, {active}.",
  "candidates.swapped":
    "Wirkt vertauscht: {inverted} von {decided} Urteilen sind umgekehrt. Vermutlich sind die Masken vertauscht.",
  "candidates.progress": "Nachspiel: {done} von {total} gespeicherten Sesseln.",
  "candidates.replayed": "Nachspiel {word}: {done} gespeicherte Sessel.",
  "candidates.blurred": {
    one: "{count} wurde nach Bildern beurteilt, auf denen Personen unkenntlich sind.",
    other: "{count} wurden nach Bildern beurteilt, auf denen Personen unkenntlich sind.",
  },
  "candidates.differing": "Wo er abweicht",
  "candidates.differs": ": entschieden {verdict}, der Kandidat {candidate}",
  "candidates.differsReviewed": ": entschieden {verdict}, der Kandidat {candidate}, geprüft {review}",
  "candidates.counted": { one: "{count} Kandidat", other: "{count} Kandidaten" },
  "candidates.actionOf": "{action}: {name}, {lift}",
  "candidates.shadow": "Mit urteilen",
  "candidates.endShadow": "Nicht mehr mit urteilen",
  "candidates.replay": "Nachspielen",
  "candidates.cancel": "Nachspiel abbrechen",
  "candidates.promote": "Verwenden",
  "candidates.rollBack": "Zurücksetzen",
  "candidates.drop": "Verwerfen",
  "candidates.done": "Erledigt.",
  "candidates.replaying":
    "Die gespeicherten Sessel werden neu beurteilt; Sessel, die vorbeifahren, gehen vor.",
  "candidates.promoted": "Erledigt: Er urteilt ab jetzt.",
  "candidates.rolledBack": "Erledigt: Was er ersetzt hat, urteilt wieder.",
  "candidates.dropped": "Erledigt: Er ist verworfen.",
};

const selfTestResults: Record<SelfTestResult, string> = {
  passed: "bestanden",
  incomplete: "unvollständig",
  failed: "nicht bestanden",
};

const selfTestCodes: Record<SelfTestCode, string> = {
  ok: "funktioniert",
  no_masks: "die Bahn hat keine Masken",
  no_open_passage:
    "kein gespeicherter Sessel ist als offen bekannt: Prüfen Sie einen, oder hinterlegen Sie ein Referenzbild",
  no_closed_passage:
    "kein gespeicherter Sessel ist als geschlossen bekannt: Prüfen Sie einen, oder hinterlegen Sie ein Referenzbild",
  misjudged: "{wrong} von {passages} wurden anders beurteilt: {verdict}",
  people_hidden:
    "im einzigen gespeicherten Sessel, der es zeigen könnte, sind Personen unkenntlich, und daran kann es liegen: Hinterlegen Sie Referenzbilder",
  not_committed: "was beurteilt wurde, kam nicht in der Datenbank an",
  nothing_sent: "nichts wurde beurteilt, also war nichts zu speichern",
  no_occupied_passage:
    "kein gespeicherter Sessel ist als offen und besetzt bekannt, also musste nichts ein Alarm sein",
  no_alarm: "{silent} von {passages} offenen und besetzten Sesseln hätten keinen Alarm ausgelöst",
  false_alarm: "{alarms} geschlossene Sessel hätten Alarm ausgelöst",
  not_published: "Alarm {seq} wurde gespeichert und nicht an die Zuhörer gesendet",
  masks_doubted: "die Sessel der Bahn sprechen gegen sie",
  not_armed: "die Bahn ist nicht scharf",
  no_camera: "keine Kamera wird überwacht",
  not_live: "sie liefert nicht",
  impaired: "auf sie ist gerade kein Verlass",
  no_picture: "sie hat zuletzt kein Bild gesendet",
  no_enrolled_view: "es ist kein Ausschnitt zum Vergleichen hinterlegt",
  view_differs: "es ist nicht der Ausschnitt, mit dem die Bahn eingerichtet wurde",
  output_failed: "diese funktionieren nicht: {failed}",
  no_output: "keiner ist eingeschaltet",
};

const candidateKinds: Record<CandidateKind, string> = {
  masks: "Masken",
  calibration: "Kalibrierung vor Ort",
  model: "Modell",
  threshold: "Schwelle",
};

const candidateStates: Record<CandidateState, string> = {
  proposed: "vorgeschlagen",
  promoted: "urteilt",
  dropped: "verworfen",
  rolled_back: "zurückgesetzt",
};

const replayStates: Record<ReplayState, string> = {
  running: "läuft",
  done: "fertig",
  cancelled: "abgebrochen",
  failed: "fehlgeschlagen",
};

/** Why a candidate or a self-test is refused, and what to do. */
export const trialRefusals = {
  self_test_given_up: "der Dienst endet, daher wurde der Test aufgegeben",
  self_test_running: "ein Test läuft schon: Warten Sie auf sein Ergebnis",
  signing_key_unusable: "der Signaturschlüssel des Dienstes ist nicht verwendbar; sein Protokoll sagt, warum",
  no_candidate: "den Kandidaten {number} gibt es nicht mehr",
  no_replay: "das Nachspiel {number} gibt es nicht mehr",
  no_self_test: "den Selbsttest {number} gibt es nicht mehr",
  no_model: "im Datenordner des Dienstes gibt es kein Modell „{name}“",
  candidate_judges: "er urteilt schon",
  candidate_over: "er ist {state}",
  candidate_untested:
    "er wurde nie verglichen: Lassen Sie ihn mit urteilen, oder spielen Sie gespeicherte Sessel nach",
  candidate_looks_swapped:
    "er wirkt vertauscht: {inverted} von {decided} Urteilen sind umgekehrt. Wer trotzdem sicher ist, setzt ihn über die API ein, mit Begründung",
  candidate_not_promoted: "er urteilt nicht",
  threshold_by_budget: "eine Schwelle folgt aus einem Budget: Wählen Sie das Budget, das zu ihr führt",
  model_is_set: "die Einstellungen des Dienstes nennen das Modell: Ändern Sie es dort",
  model_refused: "das Modell „{name}“ wird abgelehnt; das Protokoll des Dienstes sagt, warum",
  model_not_noted:
    "die Wahl kann nicht für den nächsten Start gespeichert werden: Sehen Sie nach dem Datenträger",
};

export const trialWords = {
  selfTestResults,
  selfTestCodes,
  candidateKinds,
  candidateStates,
  replayStates,
};
