/* The service's reasons, which it sends as codes with parameters. */

import type { ArmingReason, Reason } from "../../api/types";

/** Why a carrier or a picture could not be judged. */
export const reasons: Record<Reason, string> = {
  dark: "troppo scura",
  over_exposed: "sovraesposta",
  no_contrast: "nessun contrasto",
  no_structure: "nulla di visibile se non foschia o neve",
  damaged: "il flusso era danneggiato",
  not_registered: "la seggiola non è stata riconosciuta nell’immagine",
  not_seen: "la seggiola non è stata vista",
  not_finite: "la risposta della rete non è un numero",
  camera_frozen: "l’immagine della telecamera era bloccata",
  lens_covered: "l’obiettivo è coperto",
  lens_partly_covered: "gran parte dell’obiettivo è coperta",
  blurred: "l’immagine della telecamera è sfocata",
  another_view: "la telecamera mostra un’altra vista",
  camera_moved: "la telecamera si è mossa",
  no_frames: "la telecamera non ha inviato immagini",
  no_carriers: "nessuna seggiola viene riconosciuta",
  slow_camera: "la telecamera invia troppo poche immagini",
  too_few_pictures: "troppo poche immagini al secondo per questa linea",
  no_pictures: "della seggiola non è stata presa alcuna immagine",
  pictures_unusable: "le immagini non possono essere valutate",
  not_this_lift: "non somiglia a una seggiola di questa seggiovia",
  too_close: "troppo in bilico per decidere",
  moving: "la barra si muoveva ancora quando la seggiola è partita",
  no_masks: "nessuna maschera è registrata",
  masks_not_embedded: "le maschere non sono ancora elaborate",
  worker_down: "il valutatore è fermo",
  overloaded: "sovraccarico: troppi passaggi attendevano",
  late: "il valutatore non ha risposto in tempo",
  failed: "la valutazione è fallita in modo inatteso; il registro dice perché",
  unspecified: "non registrato",
};

const MOVE = "spostare la telecamera sull’altro lato, più in alto o più vicino";
const DRAW_ALL = `disegnare tutta la barra, e se non se ne vede di più, ${MOVE}`;
const REDRAW = `${MOVE}, o ridisegnare la maschera se manca la barra`;

/** Why a lift is not armed, and what to do. */
export const notArmed: Record<ArmingReason, { why: string; what: string }> = {
  no_masks: { why: "nessuna maschera è registrata", what: "registrare due maschere" },
  masks_not_embedded: { why: "le maschere non sono ancora elaborate", what: "attendere il valutatore" },
  not_checked: { why: "le maschere vengono controllate", what: "attendere un momento" },
  masks_swapped: {
    why: "le maschere sono scambiate, o lo sono le immagini confermate: {open_wrong} su {open} confermate aperte sembrano chiuse, e {closed_wrong} su {closed} confermate chiuse sembrano aperte",
    what: "guardare entrambe, e correggere la coppia sbagliata",
  },
  open_bar_below: {
    why: "aperta e chiusa sono state scambiate: la maschera aperta sta {below_px} pixel sotto quella chiusa, mentre una barra aperta sta più in alto",
    what: "contrassegnare di nuovo le immagini, e scambiare le maschere",
  },
  confirmed_misjudged: {
    why: "queste maschere valutano bene {open_right} su {open} confermate aperte e {closed_right} su {closed} confermate chiuse",
    what: "controllare maschere, immagini di riferimento e verifiche",
  },
  masks_of_another_lift: {
    why: "le seggiole non corrispondono alle maschere: maschere di un’altra seggiovia, un disegno che manca la barra, o una telecamera spostata",
    what: "disegnare le maschere sull’immagine di questa seggiovia",
  },
  not_confirmed: {
    why: "confermate finora: {open} aperte, {closed} chiuse",
    what: "dare un’immagine di riferimento di ciascuna, o verificare una seggiola di ciascuna",
  },
  too_few_passages: { why: "{seen} seggiole viste su {needed}", what: "attenderne altre" },
  one_state_only: {
    why: "{open} aperte e {closed} chiuse tra {seen} seggiole, ne servono {needed} per stato",
    what: "mandarne alcune con la barra nell’altra posizione",
  },
  not_measured: {
    why: "le immagini conservate di {seen} seggiole non bastano per misurare le maschere",
    what: "attenderne altre",
  },
  place_uncertain: {
    why: "non è certo dove siano le seggiole sul percorso: più punti vanno quasi ugualmente bene",
    what: "registrare, con le maschere, un’immagine di una seggiola aperta e di una chiusa, ciascuna dove sono disegnate",
  },
  passages_do_not_part: {
    why: "seggiole aperte e chiuse non si separano (sovrapposizione {overlap:percent1}, ne serve meno del {needed:percent})",
    what: "controllare maschere e telecamera, o usare una calibrazione sul posto",
  },
  open_bar_short: {
    why: "NO-GO: nei disegni ciò che distingue la barra aperta da quella chiusa si estende per {extent_px:fixed0} pixel, meno di {needed:fixed0}",
    what: DRAW_ALL,
  },
  closed_bar_short: {
    why: "NO-GO: nei disegni ciò che distingue la barra chiusa da quella aperta si estende per {extent_px:fixed0} pixel, meno di {needed:fixed0}",
    what: DRAW_ALL,
  },
  open_bar_hidden: {
    why: "NO-GO: questa vista non mostra la barra aperta: dove è disegnata, le seggiole aperte differiscono appena dalle chiuse (contrasto {strength:fixed1}, serve {needed:fixed1})",
    what: REDRAW,
  },
  closed_bar_hidden: {
    why: "NO-GO: questa vista non mostra la barra chiusa: dove è disegnata, le seggiole chiuse differiscono appena dalle aperte (contrasto {strength:fixed1}, serve {needed:fixed1})",
    what: REDRAW,
  },
  too_many_unknown: {
    why: "NO-GO: {unknown_share:percent} di {seen:fixed0} seggiole è troppo in bilico per decidere, più del {needed:percent}",
    what: "spostare la telecamera dove si vedono entrambe le posizioni della barra, o usare una calibrazione sul posto",
  },
};
