/* What is wrong with a camera, with its numbers. Where a code has several sentences, the first that fits its numbers counts. */

import type { NotWatched, Reason, SourceProblem } from "../../api/types";
import { reasons } from "./reasons";

/** Why frames do not come although nothing is known to be wrong with the camera. */
type Pause = "starting" | "connecting" | "ended" | "process_down";

const pauses: Record<Pause, string> = {
  starting: "startet",
  connecting: "verbindet",
  ended: "die Aufzeichnung ist zu Ende",
  process_down: "der Kameraprozess wird neu gestartet",
};

const sourceProblems: Record<SourceProblem, string> = {
  no_such_host: "es gibt keinen solchen Host: Prüfen Sie den Namen und den Namensserver dieses Rechners",
  refused: "die Verbindung wird abgelehnt: Prüfen Sie den Port, und ob der Stream eingeschaltet ist",
  unreachable: "dieser Host ist nicht erreichbar: Prüfen Sie Kabel, Netz und Firewall",
  wrong_password: "die Kamera lehnt Namen oder Passwort ab",
  not_found: "unter diesem Pfad gibt es keinen Stream: Prüfen Sie, was nach dem Host steht",
  no_video: "sie antwortet, sendet aber kein Video, das sich dekodieren lässt",
  broke_off: "sie antwortete, dann brach ihr Stream ab",
  not_a_camera: "etwas antwortet, ist aber kein Stream einer Kamera: Prüfen Sie Port und Pfad",
  timed_out: "Zeit abgelaufen: keine Antwort oder kein Bild innerhalb einiger Sekunden",
  no_such_secret: "das Passwort der Kamera ist hier nicht gespeichert: Speichern Sie es erneut",
  secret_unreadable:
    "das gespeicherte Passwort der Kamera ist nicht lesbar: Sein Schlüssel ist verloren oder ein anderer",
  redirected:
    "die Kamera leitet an einen anderen Host weiter, für den ihr Passwort nicht gilt: Geben Sie dessen Adresse an",
  secret_of_another_host: "das gespeicherte Passwort der Kamera gehört zu einem anderen Host",
};

/** Causes of alarms that are no reasons of a carrier. */
const alarmCauses = {
  "unknown passages": "zu viele Sessel lassen sich nicht beurteilen",
  "another lift": "die Sessel sehen nicht aus wie die dieser Bahn",
};

/** In a few words: codes of cameras, of alarms' causes and of passages. */
export const causes = { ...alarmCauses, ...pauses, ...sourceProblems, ...reasons };

const UNABLE = "dieser Rechner kommt nicht nach";

/** The same with numbers and advice, where there are any. */
export const troubles: Partial<Record<Reason, readonly string[]>> = {
  dark: [
    "das Bild ist dunkel: Die hellsten Stellen liegen bei {brightest} von 255. Licht aus, oder Objektiv verdeckt?",
  ],
  over_exposed: [
    "das Bild ist überbelichtet: {white_share:percent} davon sind weiß. Sonne, oder Scheinwerfer?",
  ],
  lens_covered: [
    "das Objektiv ist verdeckt oder im Nebel: Einzelheiten liegen nur {detail} Graustufen auseinander",
    "das Objektiv ist verdeckt (Schnee, Eis, Schmutz) oder im Nebel: Nur {outlines_share:percent} der Umrisse des Referenzbilds sind zu sehen",
  ],
  lens_partly_covered: [
    "ein großer Teil des Objektivs ist verdeckt (Schnee, Eis, Schmutz) oder im Nebel: Nur {outlines_share:percent} der Umrisse des Referenzbilds sind zu sehen",
  ],
  blurred: [
    "das Bild ist unscharf: {sharpness_share:percent} der Schärfe des Referenzbilds. Objektiv nass, oder falsch fokussiert?",
  ],
  another_view: [
    "der Ausschnitt ist nicht der des Referenzbilds: nur zu {alike_share:percent} gleich. Kamera verdreht, oder eine andere Kamera?",
  ],
  camera_moved: [
    "die Kamera hat sich bewegt: Ihr Ausschnitt ist um ({x_px}, {y_px}) px verschoben, bei 1280 px Bildbreite",
  ],
  camera_frozen: ["die Kamera sendet seit {still_s} s dasselbe Bild"],
  no_frames: ["seit {silent_s} s kein Bild"],
  no_carriers: [
    "seit {without_s} s kein Sessel erkannt, obwohl Bilder kommen und sich darin etwas bewegt: Passen Weg und Masken zu diesem Ausschnitt?",
  ],
  overloaded: [
    `${UNABLE}: {dropped_share:percent} der Kamerabilder wurden verworfen`,
    `${UNABLE}: Er liest {read_share:percent} dessen, was die Kamera sendet`,
  ],
  too_few_pictures: ["{per_s} Bilder pro Sekunde sind zu wenig, um jeden Sessel dieser Bahn zu sehen"],
  slow_camera: ["die Kamera sendet {per_s} Bilder pro Sekunde statt wie sonst {usual_per_s}"],
};

export const notWatched: Record<NotWatched, string> = {
  no_camera: "keine Kamera",
  no_address: "Kamera ohne Adresse",
  no_track: "kein Weg",
  no_masks: "keine Masken",
  camera_not_started: "Kamera nicht gestartet",
  camera_starting: "Kamera startet",
  camera_degraded: "Kamera beeinträchtigt",
  camera_lost: "Kamera ausgefallen",
};
