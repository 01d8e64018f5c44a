/* Lifts, their cameras and their last carriers. */

import type { CameraState, Role, ServiceScope } from "../../api/types";

const cameraStates: Record<CameraState, string> = {
  starting: "in avvio",
  live: "attiva",
  degraded: "degradata",
  lost: "telecamera persa",
};
const serviceScopes: Record<ServiceScope, string> = { lift: "tutta la seggiovia", camera: "la telecamera" };

const roles: Record<Role, string> = { viewer: "osservatore", operator: "operatore", admin: "amministratore" };

/** What the line does. */
const lineSpeeds = {
  stopped: "ferma",
  backwards: "in retromarcia",
  unknown: "sconosciuta",
};

export const liftWords = {
  lineSpeeds,
  cameraStates,
  serviceScopes,
  roles,
};

export const liftSentences = {
  "service.takeOut": "Mettere fuori servizio",
  "service.takeOutWhich": "Mettere {name} fuori servizio",
  "service.out": "FUORI SERVIZIO: {what}, fino alle {time}, da {by}: {reason}",
  "service.putBack": "Rimettere in servizio",
  "service.putBackWhich": "Rimettere {name} in servizio",
  "lifts.title": "Seggiovie",
  "lifts.none": "Ancora nessuna seggiovia: configurarne una.",
  "lifts.noCamera": "nessuna telecamera",
  "lifts.view": "Ciò che vede la telecamera di {name}",
  "lifts.noPicture": "nessuna immagine",
  "lifts.all": "Tutte le seggiovie",
  "lifts.reading": "Lettura della seggiovia in corso.",
  "lifts.gone": "Non c’è nessuna seggiovia «{id}».",
  "lifts.notRead": "Ciò che segue risale a {age} fa: il servizio non risponde.",
  "lifts.rate": "{rate:fixed0} immagini/s",
  "lifts.line": "linea: {speed}",
  "lifts.masks": "maschere v{version}",
  "lifts.noMasks": "nessuna maschera: non si valuta nulla",
  "lifts.armed": "armata",
  "lifts.notArmed": "non armata",
  "lifts.notArmedWhy": "non armata: {why}",
  "lifts.notArmedWhyWhat": "non armata: {why}; {what}",

  "carrier.none": "ancora nessuna seggiola",
  "carrier.who": "seggiola {number}, {seat}",
  "carrier.confidence": "certezza {confidence:percent}",
  "carrier.standsFor": "vale per {carriers} seggiole",
  "carrier.late": "in ritardo: partita {seconds} s prima della valutazione",
  "carrier.begin": "Inizio: {verdict}",
  "carrier.middle": "Metà: {verdict}",
  "carrier.end": "Fine: {verdict}",
  "carrier.recent": "Ultime seggiole, la più recente per prima",
  "carrier.recentOne": "{time}: {verdict}, {seat}",
  "carrier.why": "Dove è stata vista la barra?",
  "carrier.whyColours":
    "ambra: sulla maschera aperta; blu: sulla maschera chiusa; viola: su entrambe; bianco: su nessuna",
};
