/* The service's reasons, which it sends as codes with parameters. */

import type { ArmingReason, Reason } from "../../api/types";

/** Why a carrier or a picture could not be judged. */
export const reasons: Record<Reason, string> = {
  dark: "zu dunkel",
  over_exposed: "überbelichtet",
  no_contrast: "kein Kontrast",
  no_structure: "nichts als Dunst oder Schnee zu sehen",
  damaged: "der Stream war beschädigt",
  not_registered: "der Sessel wurde im Bild nicht erkannt",
  not_seen: "der Sessel wurde nicht gesehen",
  not_finite: "die Antwort des Netzes ist keine Zahl",
  camera_frozen: "das Kamerabild war eingefroren",
  lens_covered: "das Objektiv ist verdeckt",
  lens_partly_covered: "das Objektiv ist großteils verdeckt",
  blurred: "das Kamerabild ist unscharf",
  another_view: "die Kamera zeigt einen anderen Ausschnitt",
  camera_moved: "die Kamera hat sich bewegt",
  no_frames: "die Kamera sendete keine Bilder",
  no_carriers: "keine Sessel werden erkannt",
  slow_camera: "die Kamera sendet zu wenige Bilder",
  too_few_pictures: "zu wenige Bilder pro Sekunde für diese Bahn",
  no_pictures: "vom Sessel wurde kein Bild gemacht",
  pictures_unusable: "die Bilder lassen sich nicht beurteilen",
  not_this_lift: "sieht nicht aus wie ein Sessel dieser Bahn",
  too_close: "zu knapp, um zu urteilen",
  moving: "der Bügel bewegte sich bei der Abfahrt noch",
  no_masks: "keine Masken sind hinterlegt",
  masks_not_embedded: "die Masken sind noch nicht eingelesen",
  worker_down: "der Beurteiler steht",
  overloaded: "überlastet: Zu viele Durchgänge warteten",
  late: "der Beurteiler hat nicht rechtzeitig geantwortet",
  failed: "das Beurteilen scheiterte unerwartet; das Protokoll sagt, warum",
  unspecified: "nicht aufgezeichnet",
};

const MOVE = "setzen Sie die Kamera auf die andere Seite, höher oder näher";
const DRAW_ALL = `zeichnen Sie den ganzen Bügel, und wenn nicht mehr davon zu sehen ist: ${MOVE}`;
const REDRAW = `${MOVE}, oder zeichnen Sie die Maske neu, wenn sie den Bügel verfehlt`;

/** Why a lift is not armed, and what to do. */
export const notArmed: Record<ArmingReason, { why: string; what: string }> = {
  no_masks: { why: "keine Masken sind hinterlegt", what: "hinterlegen Sie zwei Masken" },
  masks_not_embedded: { why: "die Masken sind noch nicht eingelesen", what: "warten Sie auf den Beurteiler" },
  not_checked: { why: "die Masken werden geprüft", what: "warten Sie einen Moment" },
  masks_swapped: {
    why: "die Masken sind vertauscht, oder die bestätigten Bilder sind es: {open_wrong} von {open} als offen bestätigten sehen geschlossen aus, und {closed_wrong} von {closed} als geschlossen bestätigten sehen offen aus",
    what: "sehen Sie beide an, und berichtigen Sie das falsche Paar",
  },
  open_bar_below: {
    why: "offen und geschlossen wurden verwechselt: Die Offen-Maske liegt {below_px} Pixel unter der Geschlossen-Maske, aber ein offener Bügel hängt höher",
    what: "kennzeichnen Sie die Bilder neu, und tauschen Sie die Masken",
  },
  confirmed_misjudged: {
    why: "diese Masken beurteilen {open_right} von {open} als offen und {closed_right} von {closed} als geschlossen bestätigten richtig",
    what: "prüfen Sie Masken, Referenzbilder und Prüfungen",
  },
  masks_of_another_lift: {
    why: "die Sessel passen nicht zu den Masken: Masken einer anderen Bahn, eine Zeichnung, die den Bügel verfehlt, oder eine bewegte Kamera",
    what: "zeichnen Sie die Masken auf dem eigenen Bild dieser Bahn",
  },
  not_confirmed: {
    why: "bisher bestätigt: {open} offen, {closed} geschlossen",
    what: "geben Sie von jedem ein Referenzbild, oder prüfen Sie von jedem einen Sessel",
  },
  too_few_passages: { why: "{seen} von {needed} Sesseln gesehen", what: "warten Sie auf weitere" },
  one_state_only: {
    why: "{open} offene und {closed} geschlossene unter {seen} Sesseln, {needed} von jedem sind nötig",
    what: "schicken Sie einige mit dem Bügel in der anderen Stellung",
  },
  not_measured: {
    why: "die gespeicherten Bilder von {seen} Sesseln genügen nicht, um die Masken zu messen",
    what: "warten Sie auf weitere",
  },
  place_uncertain: {
    why: "es ist nicht sicher, wo auf dem Weg Sessel sind: Mehrere Stellen passen fast gleich gut",
    what: "hinterlegen Sie mit den Masken ein Bild eines offenen und eines geschlossenen Sessels, jeweils dort, wo sie gezeichnet sind",
  },
  passages_do_not_part: {
    why: "offene und geschlossene Sessel trennen sich nicht ({overlap:percent1} Überlappung, weniger als {needed:percent} nötig)",
    what: "sehen Sie nach Masken und Kamera, oder verwenden Sie eine Kalibrierung vor Ort",
  },
  open_bar_short: {
    why: "NO-GO: In den Zeichnungen erstreckt sich, was den offenen vom geschlossenen Bügel unterscheidet, über {extent_px:fixed0} Pixel, weniger als {needed:fixed0}",
    what: DRAW_ALL,
  },
  closed_bar_short: {
    why: "NO-GO: In den Zeichnungen erstreckt sich, was den geschlossenen vom offenen Bügel unterscheidet, über {extent_px:fixed0} Pixel, weniger als {needed:fixed0}",
    what: DRAW_ALL,
  },
  open_bar_hidden: {
    why: "NO-GO: Dieser Ausschnitt zeigt den offenen Bügel nicht: Wo er gezeichnet ist, sehen offene Sessel kaum anders aus als geschlossene (Kontrast {strength:fixed1}, nötig {needed:fixed1})",
    what: REDRAW,
  },
  closed_bar_hidden: {
    why: "NO-GO: Dieser Ausschnitt zeigt den geschlossenen Bügel nicht: Wo er gezeichnet ist, sehen geschlossene Sessel kaum anders aus als offene (Kontrast {strength:fixed1}, nötig {needed:fixed1})",
    what: REDRAW,
  },
  too_many_unknown: {
    why: "NO-GO: {unknown_share:percent} von {seen:fixed0} Sesseln sind zu knapp, um zu urteilen, mehr als {needed:percent}",
    what: "setzen Sie die Kamera dorthin, wo beide Stellungen des Bügels zu sehen sind, oder verwenden Sie eine Kalibrierung vor Ort",
  },
};
