/* Every lift at a glance, and a screen that nobody touches. */

import type { Need } from "../../../overview/need";
import type { DENSITIES, GROUPINGS } from "../../../overview/order";

/** What a lift needs of a person: a word or two, read from afar. */
const needs: Record<Need, string> = {
  blind: "AVEUGLE",
  open: "OUVERT",
  unseen: "ALARME",
  stands: "alarme",
  stopped: "à l’arrêt",
  unlearnt: "apprend",
  unarmed: "non armé",
  out: "hors service",
  silent: "muet",
  well: "en ordre",
};

const groupings: Record<(typeof GROUPINGS)[number], string> = {
  none: "sans groupes",
  area: "par secteur",
  station: "par gare",
};

const densities: Record<(typeof DENSITIES)[number], string> = {
  fit: "tous sur un écran",
  large: "grandes tuiles",
};

export const overviewWords = { needs, groupings, densities };

export const overviewSentences = {
  "overview.tile": "{name}\u00a0: {need}",
  "overview.tileWhy": "{name}\u00a0: {need}, {why}",
  "overview.backwards": "la ligne tourne en marche arrière",
  "overview.noFrame": "encore aucune image de la caméra",
  "overview.frameOld": "aucune image de la caméra depuis {seconds} s",
  "overview.speed": "{speed:fixed1} m/s",
  "overview.flow": "{carriers:fixed0}/h",
  "overview.flowUnit": " (sièges par heure)",
  "overview.noFlow": "marche inconnue",
  "overview.marks":
    "Les {count} derniers sièges\u00a0: {open} ouverts, {closed} fermés, {unknown} indéterminés",
  "overview.find": "Chercher un télésiège",
  "overview.needy": "Seulement ce qui a besoin de moi",
  "overview.grouping": "Groupes",
  "overview.density": "Taille des tuiles",
  "overview.waits": "L’ordre a changé\u00a0: les tuiles bougeront quand le pointeur les aura quittées.",
  "overview.hides": {
    one: "{count} télésiège n’est pas affiché.",
    other: "{count} télésièges ne sont pas affichés.",
  },
  "overview.hidesNeedy": {
    one: "{count} télésiège qui a besoin de quelqu’un n’est pas affiché.",
    other: "{count} télésièges qui ont besoin de quelqu’un ne sont pas affichés.",
  },
  "overview.showAll": "Tout afficher",

  "place.title": "Secteur, gare, espacement des sièges",
  "place.about": "Ce selon quoi la vue d’ensemble groupe le télésiège. La caméra continue sans interruption.",
  "place.area": "Secteur",
  "place.station": "Gare",
  "place.spacing": "Mètres entre les sièges sur le câble",
  "place.spacingHelp":
    "D’après les documents du télésiège. Sans cette valeur ni entrée, aucune vitesse n’est affichée.",
  "place.save": "Enregistrer",
  "place.saved": "Enregistré.",

  "wall.open": "Écran mural",
  "wall.lost": "NON CONNECTÉ",
  "wall.lostAbout": "Aucune alarme n’arrive ici. Dernier signe il y a {age}.",
  "wall.never": "Aucune alarme n’arrive ici.",
  "wall.waits": { one: "{count} autre alarme attend", other: "{count} autres alarmes attendent" },
  "wall.ends":
    "La session de cet écran va expirer\u00a0: connectez-vous avec un jeton d’observateur, qui est conservé.",
  "wall.since": "depuis {time}",
};
