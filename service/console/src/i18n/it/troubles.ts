/* What is wrong with a camera, with its numbers. Where a code has several sentences, the first that fits its numbers counts. */

import type { NotWatched, Reason, SourceProblem } from "../../api/types";
import { reasons } from "./reasons";

/** Why frames do not come although nothing is known to be wrong with the camera. */
type Pause = "starting" | "connecting" | "ended" | "process_down";

const pauses: Record<Pause, string> = {
  starting: "in avvio",
  connecting: "in connessione",
  ended: "la registrazione è finita",
  process_down: "il processo della telecamera viene riavviato",
};

const sourceProblems: Record<SourceProblem, string> = {
  no_such_host: "non esiste un host simile: controllarne il nome, e il server dei nomi di questa macchina",
  refused: "la connessione è rifiutata: controllare la porta, e che il flusso sia attivo",
  unreachable: "questo host non è raggiungibile: controllare cavo, rete e firewall",
  wrong_password: "la telecamera rifiuta il nome o la password",
  not_found: "a questo percorso non c’è un flusso: controllare ciò che segue l’host",
  no_video: "risponde, ma non invia video decodificabile",
  broke_off: "ha risposto, poi il suo flusso si è interrotto",
  not_a_camera: "qualcosa risponde, ma non è il flusso di una telecamera: controllare porta e percorso",
  timed_out: "tempo scaduto: nessuna risposta, o nessuna immagine, entro pochi secondi",
  no_such_secret: "la password della telecamera non è conservata qui: salvarla di nuovo",
  secret_unreadable:
    "la password conservata della telecamera non è leggibile: la sua chiave è persa o un’altra",
  redirected:
    "la telecamera rimanda a un altro host, per il quale la sua password non vale: indicare quell’indirizzo",
  secret_of_another_host: "la password conservata della telecamera è per un altro host",
};

/** Causes of alarms that are no reasons of a carrier. */
const alarmCauses = {
  "unknown passages": "troppe seggiole non possono essere valutate",
  "another lift": "le seggiole non somigliano a quelle di questa seggiovia",
};

/** In a few words: codes of cameras, of alarms' causes and of passages. */
export const causes = { ...alarmCauses, ...pauses, ...sourceProblems, ...reasons };

const UNABLE = "questa macchina non tiene il passo";

/** The same with numbers and advice, where there are any. */
export const troubles: Partial<Record<Reason, readonly string[]>> = {
  dark: [
    "l’immagine è scura: le zone più chiare sono a {brightest} su 255. Luce spenta, o obiettivo coperto?",
  ],
  over_exposed: ["l’immagine è sovraesposta: {white_share:percent} è bianco. Sole, o fari?"],
  lens_covered: [
    "l’obiettivo è coperto, o nella nebbia: i dettagli distano solo {detail} livelli di grigio",
    "l’obiettivo è coperto (neve, ghiaccio, sporco), o nella nebbia: si vede solo il {outlines_share:percent} dei contorni della vista di riferimento",
  ],
  lens_partly_covered: [
    "gran parte dell’obiettivo è coperta (neve, ghiaccio, sporco), o nella nebbia: si vede solo il {outlines_share:percent} dei contorni della vista di riferimento",
  ],
  blurred: [
    "l’immagine è sfocata: {sharpness_share:percent} della nitidezza della vista di riferimento. Obiettivo bagnato, o fuori fuoco?",
  ],
  another_view: [
    "la vista non è quella di riferimento: uguale solo al {alike_share:percent}. Telecamera girata, o un’altra telecamera?",
  ],
  camera_moved: [
    "la telecamera si è mossa: la vista è spostata di ({x_px}, {y_px}) px su un’immagine larga 1280",
  ],
  camera_frozen: ["la telecamera invia la stessa immagine da {still_s} s"],
  no_frames: ["nessuna immagine da {silent_s} s"],
  no_carriers: [
    "nessuna seggiola riconosciuta da {without_s} s, benché arrivino immagini e vi si muova qualcosa: percorso e maschere vanno bene per questa vista?",
  ],
  overloaded: [
    `${UNABLE}: {dropped_share:percent} delle immagini della telecamera è stato scartato`,
    `${UNABLE}: legge il {read_share:percent} di ciò che la telecamera invia`,
  ],
  too_few_pictures: ["{per_s} immagini al secondo non bastano per vedere ogni seggiola di questa linea"],
  slow_camera: ["la telecamera invia {per_s} immagini al secondo invece delle solite {usual_per_s}"],
};

export const notWatched: Record<NotWatched, string> = {
  no_camera: "nessuna telecamera",
  no_address: "telecamera senza indirizzo",
  no_track: "nessun percorso",
  no_masks: "nessuna maschera",
  camera_not_started: "telecamera non avviata",
  camera_starting: "telecamera in avvio",
  camera_degraded: "telecamera degradata",
  camera_lost: "telecamera persa",
};
