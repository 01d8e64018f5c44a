/* Setting a lift up. */

import type { SetupStep, SetupWarning, SourceProblem } from "../../api/types";
import { addressRefusals, setupRefusals } from "./codes/refusals";

/** Why a camera cannot be watched, and what to do. */
const cameraProblems: Record<SourceProblem, string> = {
  no_such_host: "In questa rete non c’è «{host}». Controllare che l’indirizzo sia scritto bene.",
  refused:
    "{host} c’è, ma alla porta {port} non risponde nulla. Controllare la porta, e che RTSP sia attivo.",
  unreachable: "{host} non è raggiungibile. Controllare il cavo, e che la telecamera sia alimentata.",
  wrong_password: "La telecamera vuole utente e password, e questi non sono quelli giusti.",
  not_found:
    "La telecamera risponde, ma non ha questo flusso. Controllare ciò che segue il suo nome nell’indirizzo.",
  no_video: "La telecamera risponde, ma non invia immagini.",
  broke_off:
    "La telecamera ha risposto, poi il suo flusso si è interrotto: controllarne alimentazione e rete.",
  not_a_camera: "Ciò che risponde a questo indirizzo non è una telecamera.",
  timed_out: "{host} non ha risposto in tempo. Controllare indirizzo e rete.",
  no_such_secret: "Nessuna password è conservata come «{name}». Inserire utente e password.",
  secret_unreadable: "La password «{name}» non è più leggibile. Inserire di nuovo utente e password.",
  redirected: "{host} rimanda a un altro host, per il quale la password non vale. Inserire quell’indirizzo.",
  another_shape:
    "Le sue immagini hanno un’altra proporzione rispetto al primo flusso. Scegliere un’altra dimensione nella telecamera.",
  another_scene: "Mostra un’altra vista rispetto al primo flusso. È della stessa telecamera?",
  secret_of_another_host: "La password «{name}» è per un’altra telecamera. Inserire utente e password.",
};

/** Why looking at the camera led to nothing, and what to do; those of the camera are above. */
const setupProblems = {
  ...cameraProblems,
  too_short: "Era troppo breve: sono passate meno di tre seggiole. Osservare più a lungo.",
  nothing_repeats:
    "In questa immagine non passa nulla con regolarità. La seggiovia è in marcia, e si vedono le sue seggiole?",
  too_few_carriers: "Sono passate troppo poche seggiole. Osservare più a lungo.",
  no_carrier: "Nessuna seggiola è stata ritagliata. Osservare di nuovo, più a lungo.",
  low_confidence:
    "Il percorso delle seggiole non è chiaro in questa immagine. Osservare di nuovo, o avvicinare la telecamera.",
  ...addressRefusals,
  no_space: "Il disco del servizio è pieno.",
  process_lost: "Il lavoro è terminato in modo inatteso. Ricominciare.",
  interrupted: "Il servizio è stato riavviato nel frattempo. Ricominciare.",
};

const setupSteps: Record<SetupStep, string> = {
  connecting: "Connessione alla telecamera",
  watching: "Osservazione delle seggiole che passano",
  following: "Ricerca del percorso delle seggiole",
  learning: "Apprendimento della linea e ritaglio delle seggiole",
};

const setupWarnings: Record<SetupWarning, string> = {
  low_confidence: "Il percorso delle seggiole non è del tutto chiaro: guardare la linea prima di proseguire.",
  turning: "Le seggiole girano mentre sono in vista: trascinare inizio e fine dove vanno dritte.",
  unsteady: "L’impianto si è fermato o ha cambiato velocità. Meglio osservare di nuovo a marcia regolare.",
  short_way: "Il percorso è corto: allontanare inizio e fine.",
  line_not_learnt:
    "La linea non si è ancora potuta imparare: non si valuta nulla finché la telecamera non l’ha imparata da sé.",
};

export const setupWords = { cameraProblems, setupProblems, setupRefusals, setupSteps, setupWarnings };

export const setupSentences = {
  "setup.new": "Nuova seggiovia",
  "setup.begun": "In configurazione: {name}",
  "setup.open": "Configurare",
  "setup.openOf": "Configurare: {name}",
  "setup.title": "Nuova seggiovia",
  "setup.titleOf": "Configurare {name}",
  "setup.steps": "Passi",
  "setup.stepOf": "{number}. {step}",
  "setup.next": "Avanti: {step}",
  "setup.step.address": "Indirizzo",
  "setup.step.carriers": "Seggiole",
  "setup.step.pick": "Scelta",
  "setup.step.masks": "Maschere",
  "setup.step.proof": "Vede?",
  "setup.step.after": "Versioni",
  "setup.viewer": "Un operatore può configurare questa seggiovia; lei può guardare.",
  "setup.reading": "Lettura in corso …",
  "setup.noJob": "Questa seggiovia non ha ancora una configurazione.",

  "address.title": "Dov’è la telecamera?",
  "address.name": "Nome della seggiovia",
  "address.url": "Indirizzo della telecamera",
  "address.urlHelp": "Incollarlo come lo dà il manuale della telecamera: rtsp://10.0.0.12/live",
  "address.substream": "Secondo flusso, se la telecamera ne ha uno",
  "address.substreamHelp":
    "Un flusso più piccolo della stessa vista: con 640×360 accanto a 1920×1080 una telecamera costa meno della metà.",
  "address.second": "Secondo flusso: {problem}",
  "address.user": "Utente",
  "address.password": "Password",
  "address.secretHelp":
    "Lasciare vuoti entrambi se la telecamera non li chiede. Vengono cifrati e mai più mostrati.",
  "address.secretKnown": "Una password è conservata. Lasciare vuoti entrambi per tenerla.",
  "address.look": "Guardare",
  "address.looking": "Ricerca della telecamera …",
  "address.sees": "La telecamera mostra questo.",
  "address.facts": "{width}×{height}, {codec}, {fps} immagini al secondo",
  "address.view": "Ciò che mostra la telecamera",
  "address.find": "Trovare le seggiole",
  "address.again": "Guardare di nuovo",
  "address.nameTaken": "C’è già una seggiovia «{name}»: scegliere un altro nome.",
  "address.begun": "Una seggiovia «{name}» è già in configurazione: proseguirla, o scegliere un altro nome.",
  "address.needName": "Dare alla seggiovia un nome con lettere o cifre.",
  "address.notAddress":
    "Questo non è un indirizzo: scriverlo come rtsp://10.0.0.12/live o rtsp://10.0.0.12:554/live.",

  "find.title": "Attendere le seggiole",
  "find.what": "Far girare la seggiovia. Il suo percorso si trova da sé; ci vogliono circa due minuti.",
  "find.progress": "{step}: {share:percent}",
  "find.cancel": "Annullare",
  "find.retry": "Osservare di nuovo",
  "find.longer": "Osservare più a lungo",
  "find.live": "Ciò che la telecamera mostra ora",
  "find.found": {
    one: "{count} seggiola vista, una ogni {interval:fixed1} s.",
    other: "{count} seggiole viste, una ogni {interval:fixed1} s.",
  },
  "find.check":
    "La linea mostra dove si valutano le seggiole. Trascinarne le estremità se lì sono nascoste, o usare le frecce.",
  "find.picture": "Una seggiola sul suo percorso",
  "find.mark.begin": "Inizio del percorso",
  "find.mark.end": "Fine del percorso",
  "find.where": "{x:fixed0} a destra, {y:fixed0} in basso",
  "find.at": "Immagine a",
  "find.at.begin": "Inizio",
  "find.at.middle": "Metà",
  "find.at.end": "Fine",
  "find.reset": "Ripristinare",
  "find.cut": "Ritagliare di nuovo",
  "find.use": "Sorvegliare questo percorso",
  "find.watched": "Questo percorso è sorvegliato.",

  "pick.title": "Quali sono aperte, quali chiuse?",
  "pick.what":
    "Toccare una seggiola con la barra aperta e una con la barra chiusa. Più ne si toccano, migliori le maschere.",
  "pick.count": "{open} aperte, {closed} chiuse scelte",
  "pick.as.open": "Aperta",
  "pick.as.closed": "Chiusa",
  "pick.occupied": "Occupata",
  "pick.empty": "Vuota",
  "pick.of": "Seggiola {number}: {state}",
  "pick.group": "Simili: {count}",
  "pick.groupOpen": "Simili: {count}, come quelle scelte aperte",
  "pick.groupClosed": "Simili: {count}, come quelle scelte chiuse",
  "pick.others": "Diverse dalle altre",
  "pick.undo": "Annullare",
  "pick.discards": {
    one: "Le seggiole vengono cercate di nuovo: la scelta di {count} seggiola va persa. Le maschere registrate restano.",
    other:
      "Le seggiole vengono cercate di nuovo: la scelta di {count} seggiole va persa. Le maschere registrate restano.",
  },
  "pick.discard": "Cercarle di nuovo",
  "pick.keep": "Tenere le scelte",
  "pick.carrier": "Seggiola {number}",
  "pick.none": "Ancora nessuna seggiola.",
  "pick.need": "Scegliere una seggiola aperta e una chiusa per proseguire.",
};
