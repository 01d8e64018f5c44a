/* Setting a lift up. */

import type { SetupStep, SetupWarning, SourceProblem } from "../../api/types";
import { addressRefusals, setupRefusals } from "./codes/refusals";

/** Why a camera cannot be watched, and what to do. */
const cameraProblems: Record<SourceProblem, string> = {
  no_such_host: "In diesem Netz gibt es kein „{host}“. Prüfen Sie die Adresse auf Tippfehler.",
  refused:
    "{host} ist da, aber an Port {port} antwortet nichts. Prüfen Sie den Port, und ob RTSP eingeschaltet ist.",
  unreachable: "{host} ist nicht erreichbar. Prüfen Sie das Kabel, und ob die Kamera Strom hat.",
  wrong_password: "Die Kamera verlangt Benutzer und Passwort, und diese sind nicht die richtigen.",
  not_found:
    "Die Kamera antwortet, hat aber keinen solchen Stream. Prüfen Sie, was in der Adresse nach ihrem Namen steht.",
  no_video: "Die Kamera antwortet, sendet aber kein Bild.",
  broke_off: "Die Kamera antwortete, dann brach ihr Stream ab: Prüfen Sie Stromversorgung und Netz.",
  not_a_camera: "Was an dieser Adresse antwortet, ist keine Kamera.",
  timed_out: "{host} hat nicht rechtzeitig geantwortet. Prüfen Sie Adresse und Netz.",
  no_such_secret: "Unter „{name}“ ist kein Passwort gespeichert. Geben Sie Benutzer und Passwort ein.",
  secret_unreadable: "Das Passwort „{name}“ ist nicht mehr lesbar. Geben Sie Benutzer und Passwort neu ein.",
  redirected:
    "{host} leitet an einen anderen Host weiter, für den das Passwort nicht gilt. Geben Sie dessen Adresse ein.",
  another_shape:
    "Seine Bilder haben ein anderes Seitenverhältnis als die des ersten Streams. Wählen Sie in der Kamera eine andere Größe.",
  another_scene: "Er zeigt eine andere Ansicht als der erste Stream. Ist er von derselben Kamera?",
  secret_of_another_host:
    "Das Passwort „{name}“ gehört zu einer anderen Kamera. Geben Sie Benutzer und Passwort ein.",
};

/** Why looking at the camera led to nothing, and what to do; those of the camera are above. */
const setupProblems = {
  ...cameraProblems,
  too_short: "Das war zu kurz: Weniger als drei Sessel fuhren vorbei. Beobachten Sie länger.",
  nothing_repeats:
    "In diesem Bild fährt nichts regelmäßig vorbei. Läuft die Bahn, und sind ihre Sessel zu sehen?",
  too_few_carriers: "Zu wenige Sessel fuhren vorbei. Beobachten Sie länger.",
  no_carrier: "Kein Sessel ließ sich ausschneiden. Beobachten Sie noch einmal, länger.",
  low_confidence:
    "Der Weg der Sessel ist in diesem Bild nicht klar. Beobachten Sie noch einmal, oder setzen Sie die Kamera näher.",
  ...addressRefusals,
  no_space: "Der Datenträger des Dienstes ist voll.",
  process_lost: "Die Arbeit endete unerwartet. Beginnen Sie neu.",
  interrupted: "Der Dienst wurde inzwischen neu gestartet. Beginnen Sie neu.",
};

const setupSteps: Record<SetupStep, string> = {
  connecting: "Verbindung zur Kamera",
  watching: "Sessel werden beobachtet",
  following: "Der Weg der Sessel wird gesucht",
  learning: "Die Strecke wird gelernt, die Sessel werden ausgeschnitten",
};

const setupWarnings: Record<SetupWarning, string> = {
  low_confidence: "Der Weg der Sessel ist nicht ganz klar: Sehen Sie die Linie an, bevor Sie weitergehen.",
  turning: "Die Sessel drehen sich im Bild: Ziehen Sie Anfang und Ende dorthin, wo sie geradeaus fahren.",
  unsteady:
    "Die Bahn hielt an oder änderte die Geschwindigkeit. Besser, Sie beobachten noch einmal bei ruhigem Lauf.",
  short_way: "Der Weg ist kurz: Ziehen Sie Anfang und Ende weiter auseinander.",
  line_not_learnt:
    "Die Strecke ließ sich noch nicht lernen: Es wird nichts beurteilt, bis die Kamera sie selbst gelernt hat.",
};

export const setupWords = { cameraProblems, setupProblems, setupRefusals, setupSteps, setupWarnings };

export const setupSentences = {
  "setup.new": "Neue Bahn",
  "setup.begun": "Wird eingerichtet: {name}",
  "setup.open": "Einrichten",
  "setup.openOf": "Einrichten: {name}",
  "setup.title": "Neue Bahn",
  "setup.titleOf": "{name} einrichten",
  "setup.steps": "Schritte",
  "setup.stepOf": "{number}. {step}",
  "setup.next": "Weiter: {step}",
  "setup.step.address": "Adresse",
  "setup.step.carriers": "Sessel",
  "setup.step.pick": "Auswahl",
  "setup.step.masks": "Masken",
  "setup.step.proof": "Sieht es?",
  "setup.step.after": "Versionen",
  "setup.viewer": "Einrichten kann diese Bahn ein Bediener; Sie dürfen zusehen.",
  "setup.reading": "Wird gelesen …",
  "setup.noJob": "Diese Bahn wird noch nicht eingerichtet.",

  "address.title": "Wo ist die Kamera?",
  "address.name": "Name der Bahn",
  "address.url": "Adresse der Kamera",
  "address.urlHelp": "Fügen Sie sie ein, wie sie im Handbuch der Kamera steht: rtsp://10.0.0.12/live",
  "address.substream": "Zweiter Stream, falls die Kamera einen hat",
  "address.substreamHelp":
    "Ein kleinerer Stream derselben Ansicht: Mit 640×360 neben 1920×1080 kostet eine Kamera weniger als die Hälfte.",
  "address.second": "Zweiter Stream: {problem}",
  "address.user": "Benutzer",
  "address.password": "Passwort",
  "address.secretHelp":
    "Lassen Sie beides leer, wenn die Kamera nichts verlangt. Es wird verschlüsselt und nie wieder gezeigt.",
  "address.secretKnown": "Ein Passwort ist gespeichert. Lassen Sie beides leer, um es zu behalten.",
  "address.look": "Ansehen",
  "address.looking": "Die Kamera wird gesucht …",
  "address.sees": "Das zeigt die Kamera.",
  "address.facts": "{width}×{height}, {codec}, {fps} Bilder pro Sekunde",
  "address.view": "Was die Kamera zeigt",
  "address.find": "Sessel suchen",
  "address.again": "Noch einmal ansehen",
  "address.nameTaken": "Es gibt schon eine Bahn „{name}“: Wählen Sie einen anderen Namen.",
  "address.begun":
    "Eine Bahn „{name}“ wird schon eingerichtet: Machen Sie damit weiter, oder wählen Sie einen anderen Namen.",
  "address.needName": "Geben Sie der Bahn einen Namen mit Buchstaben oder Ziffern.",
  "address.notAddress":
    "Das ist keine Adresse: Schreiben Sie etwa rtsp://10.0.0.12/live oder rtsp://10.0.0.12:554/live.",

  "find.title": "Auf Sessel warten",
  "find.what": "Lassen Sie die Bahn laufen. Ihr Weg wird von selbst gefunden; das dauert etwa zwei Minuten.",
  "find.progress": "{step}: {share:percent}",
  "find.cancel": "Abbrechen",
  "find.retry": "Noch einmal beobachten",
  "find.longer": "Länger beobachten",
  "find.live": "Was die Kamera jetzt zeigt",
  "find.found": {
    one: "{count} Sessel gesehen, einer alle {interval:fixed1} s.",
    other: "{count} Sessel gesehen, einer alle {interval:fixed1} s.",
  },
  "find.check":
    "Die Linie zeigt, wo Sessel beurteilt werden. Ziehen Sie ihre Enden, wenn die Sessel dort verdeckt sind, oder nehmen Sie die Pfeiltasten.",
  "find.picture": "Ein Sessel auf seinem Weg",
  "find.mark.begin": "Anfang des Weges",
  "find.mark.end": "Ende des Weges",
  "find.where": "{x:fixed0} nach rechts, {y:fixed0} nach unten",
  "find.at": "Bild am",
  "find.at.begin": "Anfang",
  "find.at.middle": "Mitte",
  "find.at.end": "Ende",
  "find.reset": "Zurücksetzen",
  "find.cut": "Neu ausschneiden",
  "find.use": "Diesen Weg überwachen",
  "find.watched": "Dieser Weg wird überwacht.",

  "pick.title": "Welche sind offen, welche geschlossen?",
  "pick.what":
    "Tippen Sie auf einen Sessel mit offenem und einen mit geschlossenem Bügel. Mehr machen die Masken besser.",
  "pick.count": "{open} offene, {closed} geschlossene gewählt",
  "pick.as.open": "Offen",
  "pick.as.closed": "Geschlossen",
  "pick.occupied": "Besetzt",
  "pick.empty": "Leer",
  "pick.of": "Sessel {number}: {state}",
  "pick.group": "Ähnlich: {count}",
  "pick.groupOpen": "Ähnlich: {count}, wie die als offen gewählten",
  "pick.groupClosed": "Ähnlich: {count}, wie die als geschlossen gewählten",
  "pick.others": "Anders als die übrigen",
  "pick.undo": "Rückgängig",
  "pick.discards": {
    one: "Die Sessel werden neu gesucht: Die Auswahl von {count} Sessel geht verloren. Hinterlegte Masken bleiben.",
    other:
      "Die Sessel werden neu gesucht: Die Auswahl von {count} Sesseln geht verloren. Hinterlegte Masken bleiben.",
  },
  "pick.discard": "Neu suchen",
  "pick.keep": "Auswahl behalten",
  "pick.carrier": "Sessel {number}",
  "pick.none": "Noch keine Sessel.",
  "pick.need": "Wählen Sie einen offenen und einen geschlossenen Sessel, um weiterzugehen.",
};
