/* Every lift at a glance, and a screen that nobody touches. */

import type { Need } from "../../../overview/need";
import type { DENSITIES, GROUPINGS } from "../../../overview/order";

/** What a lift needs of a person: a word or two, read from afar. */
const needs: Record<Need, string> = {
  blind: "CIECA",
  open: "APERTA",
  unseen: "ALLARME",
  stands: "allarme",
  stopped: "ferma",
  unlearnt: "impara",
  unarmed: "non armata",
  out: "fuori servizio",
  silent: "nessun segnale",
  well: "in ordine",
};

const groupings: Record<(typeof GROUPINGS)[number], string> = {
  none: "senza gruppi",
  area: "per zona",
  station: "per stazione",
};

const densities: Record<(typeof DENSITIES)[number], string> = {
  fit: "tutte su uno schermo",
  large: "riquadri grandi",
};

export const overviewWords = { needs, groupings, densities };

export const overviewSentences = {
  "overview.tile": "{name}: {need}",
  "overview.tileWhy": "{name}: {need}, {why}",
  "overview.backwards": "l’impianto è in retromarcia",
  "overview.noFrame": "ancora nessuna immagine dalla telecamera",
  "overview.frameOld": "nessuna immagine dalla telecamera da {seconds} s",
  "overview.speed": "{speed:fixed1} m/s",
  "overview.flow": "{carriers:fixed0}/h",
  "overview.flowUnit": " (seggiole all’ora)",
  "overview.noFlow": "marcia sconosciuta",
  "overview.marks": "Le ultime {count} seggiole: {open} aperte, {closed} chiuse, {unknown} incerte",
  "overview.find": "Cercare una seggiovia",
  "overview.needy": "Solo ciò che richiede me",
  "overview.grouping": "Gruppi",
  "overview.density": "Dimensione dei riquadri",
  "overview.waits": "L’ordine è cambiato: i riquadri si spostano quando il puntatore li ha lasciati.",
  "overview.hides": {
    one: "{count} seggiovia non è mostrata.",
    other: "{count} seggiovie non sono mostrate.",
  },
  "overview.hidesNeedy": {
    one: "{count} seggiovia che richiede qualcuno non è mostrata.",
    other: "{count} seggiovie che richiedono qualcuno non sono mostrate.",
  },
  "overview.showAll": "Mostrare tutte",

  "place.title": "Zona, stazione, distanza tra le seggiole",
  "place.about": "Ciò per cui la panoramica raggruppa la seggiovia. La telecamera prosegue indisturbata.",
  "place.area": "Zona",
  "place.station": "Stazione",
  "place.spacing": "Metri tra le seggiole sulla fune",
  "place.spacingHelp":
    "Dai documenti della seggiovia. Senza questo valore e senza ingresso non si mostra alcuna velocità.",
  "place.save": "Salvare",
  "place.saved": "Salvato.",

  "wall.open": "Schermo a parete",
  "wall.lost": "NON CONNESSO",
  "wall.lostAbout": "Qui non arriva alcun allarme. Ultimo segnale {age} fa.",
  "wall.never": "Qui non arriva alcun allarme.",
  "wall.waits": { one: "{count} altro allarme attende", other: "{count} altri allarmi attendono" },
  "wall.ends":
    "L’accesso di questo schermo sta per scadere: accedere con il token di un osservatore, che resta memorizzato.",
  "wall.since": "dalle {time}",
};
