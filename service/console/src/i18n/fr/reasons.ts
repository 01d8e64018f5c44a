/* The service's reasons, which it sends as codes with parameters. */

import type { ArmingReason, Reason } from "../../api/types";

/** Why a carrier or a picture could not be judged. */
export const reasons: Record<Reason, string> = {
  dark: "trop sombre",
  over_exposed: "surexposé",
  no_contrast: "pas de contraste",
  no_structure: "rien de visible que brume ou neige",
  damaged: "le flux était endommagé",
  not_registered: "le siège n’a pas été reconnu dans l’image",
  not_seen: "le siège n’a pas été vu",
  not_finite: "la réponse du réseau n’est pas un nombre",
  camera_frozen: "l’image de la caméra était figée",
  lens_covered: "l’objectif est couvert",
  lens_partly_covered: "une grande partie de l’objectif est couverte",
  blurred: "l’image de la caméra est floue",
  another_view: "la caméra montre une autre vue",
  camera_moved: "la caméra a bougé",
  no_frames: "la caméra n’a pas envoyé d’images",
  no_carriers: "aucun siège n’est reconnu",
  slow_camera: "la caméra envoie trop peu d’images",
  too_few_pictures: "trop peu d’images par seconde pour cette ligne",
  no_pictures: "aucune image du siège n’a été prise",
  pictures_unusable: "les images ne peuvent pas être évaluées",
  not_this_lift: "ne ressemble pas à un siège de ce télésiège",
  too_close: "trop juste pour trancher",
  moving: "le garde-corps bougeait encore au départ du siège",
  no_masks: "aucun masque n’est en place",
  masks_not_embedded: "les masques ne sont pas encore lus",
  worker_down: "l’évaluateur est arrêté",
  overloaded: "surcharge\u00a0: trop de passages attendaient",
  late: "l’évaluateur n’a pas répondu à temps",
  failed: "l’évaluation a échoué de façon inattendue\u00a0; le journal dit pourquoi",
  unspecified: "non consigné",
};

const MOVE = "déplacez la caméra de l’autre côté, plus haut ou plus près";
const DRAW_ALL = `dessinez le garde-corps entier, et si l’on n’en voit pas davantage, ${MOVE}`;
const REDRAW = `${MOVE}, ou redessinez le masque s’il manque le garde-corps`;

/** Why a lift is not armed, and what to do. */
export const notArmed: Record<ArmingReason, { why: string; what: string }> = {
  no_masks: { why: "aucun masque n’est en place", what: "mettez deux masques en place" },
  masks_not_embedded: { why: "les masques ne sont pas encore lus", what: "attendez l’évaluateur" },
  not_checked: { why: "les masques sont en cours de contrôle", what: "attendez un moment" },
  masks_swapped: {
    why: "les masques sont intervertis, ou les images confirmées le sont\u00a0: {open_wrong} sur {open} confirmées ouvertes semblent fermées, et {closed_wrong} sur {closed} confirmées fermées semblent ouvertes",
    what: "regardez les deux, et corrigez la paire fausse",
  },
  open_bar_below: {
    why: "ouvert et fermé ont été confondus\u00a0: le masque ouvert est {below_px} pixels sous le masque fermé, alors qu’un garde-corps ouvert est plus haut",
    what: "marquez à nouveau les images, et échangez les masques",
  },
  confirmed_misjudged: {
    why: "ces masques évaluent correctement {open_right} confirmées ouvertes sur {open} et {closed_right} confirmées fermées sur {closed}",
    what: "contrôlez masques, images de référence et vérifications",
  },
  masks_of_another_lift: {
    why: "les sièges ne correspondent pas aux masques\u00a0: masques d’un autre télésiège, dessin qui manque le garde-corps, ou caméra déplacée",
    what: "dessinez les masques sur l’image de ce télésiège",
  },
  not_confirmed: {
    why: "confirmés jusqu’ici\u00a0: {open} ouverts, {closed} fermés",
    what: "donnez une image de référence de chacun, ou vérifiez un siège de chacun",
  },
  too_few_passages: { why: "{seen} sièges vus sur {needed}", what: "attendez-en d’autres" },
  one_state_only: {
    why: "{open} ouverts et {closed} fermés parmi {seen} sièges, il en faut {needed} de chaque",
    what: "envoyez-en quelques-uns avec le garde-corps dans l’autre position",
  },
  not_measured: {
    why: "les images conservées de {seen} sièges ne suffisent pas pour mesurer les masques",
    what: "attendez-en d’autres",
  },
  place_uncertain: {
    why: "il n’est pas certain où sont les sièges sur le trajet\u00a0: plusieurs endroits conviennent presque aussi bien",
    what: "mettez en place, avec les masques, une image d’un siège ouvert et d’un siège fermé, chacun là où ils sont dessinés",
  },
  passages_do_not_part: {
    why: "sièges ouverts et fermés ne se séparent pas ({overlap:percent1} de chevauchement, il faut moins de {needed:percent})",
    what: "contrôlez masques et caméra, ou utilisez un calibrage sur site",
  },
  open_bar_short: {
    why: "NO-GO\u00a0: dans les dessins, ce qui distingue le garde-corps ouvert du fermé s’étend sur {extent_px:fixed0} pixels, moins de {needed:fixed0}",
    what: DRAW_ALL,
  },
  closed_bar_short: {
    why: "NO-GO\u00a0: dans les dessins, ce qui distingue le garde-corps fermé de l’ouvert s’étend sur {extent_px:fixed0} pixels, moins de {needed:fixed0}",
    what: DRAW_ALL,
  },
  open_bar_hidden: {
    why: "NO-GO\u00a0: cette vue ne montre pas le garde-corps ouvert\u00a0: là où il est dessiné, les sièges ouverts diffèrent à peine des fermés (contraste {strength:fixed1}, il faut {needed:fixed1})",
    what: REDRAW,
  },
  closed_bar_hidden: {
    why: "NO-GO\u00a0: cette vue ne montre pas le garde-corps fermé\u00a0: là où il est dessiné, les sièges fermés diffèrent à peine des ouverts (contraste {strength:fixed1}, il faut {needed:fixed1})",
    what: REDRAW,
  },
  too_many_unknown: {
    why: "NO-GO\u00a0: {unknown_share:percent} de {seen:fixed0} sièges sont trop justes pour trancher, plus de {needed:percent}",
    what: "déplacez la caméra là où l’on voit les deux positions du garde-corps, ou utilisez un calibrage sur site",
  },
};
