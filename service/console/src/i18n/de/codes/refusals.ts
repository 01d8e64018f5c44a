/* What a call is refused for while a lift is set up, and what to do. */

/** Of a camera's address and password. */
export const addressRefusals = {
  address_invalid:
    "Das ist keine Kameraadresse: Sie beginnt mit rtsp, rtsps, http oder https und nennt einen Host.",
  address_refused: "Der Dienst darf diese Adresse nicht anwählen.",
  file_not_allowed:
    "Eine Datei des Servers kann hier nicht überwacht werden: Geben Sie die Adresse einer Kamera ein.",
  secret_in_address:
    "Ein Passwort darf nicht in der Adresse stehen: Geben Sie es unten ein, bei Benutzer und Passwort.",
  service_variable: "Eine Variable des Dienstes selbst darf nicht an eine Kamera gesendet werden.",
  variable_not_allowed: "Die Variable {name} ist nicht für diese Kamera: Benennen Sie sie in {wanted} um.",
  outside_camera_networks:
    "Die Adresse {address} liegt in keinem Netz, in dem Kameras sein dürfen. Fragen Sie den Betreiber des Dienstes.",
  variable_not_set: "Die Variable {name} ist dort, wo der Dienst läuft, nicht gesetzt.",
  user_in_address:
    "In der Adresse steht ein Benutzer, und ein Passwort ist auch gespeichert: Nehmen Sie den Benutzer heraus.",
  not_a_cameras_address: "Keine Kamera hat eine solche Adresse.",
  key_unusable:
    "Der Dienst kann Passwörter nicht verschlüsseln: Sein Schlüssel fehlt oder ist beschädigt. Fragen Sie den Betreiber.",
  no_such_secret: "Unter „{name}“ ist kein Passwort gespeichert. Geben Sie Benutzer und Passwort ein.",
  secret_unreadable: "Das Passwort „{name}“ ist nicht mehr lesbar. Geben Sie Benutzer und Passwort neu ein.",
  secret_of_another_host:
    "Das Passwort „{name}“ gehört zu einer anderen Kamera. Geben Sie Benutzer und Passwort ein.",
  secret_in_use: "Das Passwort „{name}“ wird von {lifts} verwendet: Ändern Sie zuerst deren Kameras.",
  probe_running:
    "Eine andere Kamera wird gerade angesehen: Versuchen Sie es in einigen Sekunden noch einmal.",
};

/** Of a picture that is handed over. */
const pictureRefusals = {
  empty_file: "Die Datei ist leer: Wählen Sie ein Bild als JPEG oder PNG.",
  not_a_picture: "Das ist {kind}: Wählen Sie ein Bild als JPEG oder PNG.",
  picture_damaged: "Das Bild ist beschädigt: Speichern Sie es neu.",
  picture_too_large: "Das Bild ist zu groß ({width}×{height}): Speichern Sie es kleiner, mit 8 Bit je Kanal.",
  picture_too_costly: "Das Bild braucht zu lange zum Lesen: Speichern Sie es neu, kleiner.",
  busy: "Der Dienst liest gerade viele Bilder: Versuchen Sie es in einigen Sekunden noch einmal.",
  openid_unusable:
    "Die Einstellungen des Anmeldeanbieters sind nicht verwendbar: Fragen Sie den Betreiber des Dienstes.",
  too_many_feeds: "Zu viele Seiten verfolgen die Alarme: Schließen Sie einige.",
  picture_animated: "Das Bild ist bewegt: Speichern Sie ein einzelnes Standbild.",
  file_appended: "Hinter dem Bild hängt noch eine Datei: Speichern Sie das Bild neu.",
  size_without_track: "Das Bild hat {width}×{height}: Solange die Bahn keinen Weg hat, sind 200×200 nötig.",
  wrong_size: "Das Bild hat {width}×{height}: Nötig sind 200×200 oder {camera_width}×{camera_height}.",
  too_large: "Die Datei ist zu groß.",
  not_a_form: "Der Dienst hat kein Formular bekommen.",
  no_length: "Der Dienst hat die Länge des Gesendeten nicht bekommen.",
};

/** Of two masks. */
const maskRefusals = {
  mask_empty: "Die Maske „{which}“ ist leer: Zeichnen Sie den Bügel hinein.",
  mask_full:
    "Die Maske „{which}“ ist fast voll ({share:percent}): Zeichnen Sie nur den Bügel, weiß auf schwarz.",
  masks_alike:
    "Beide Masken sind fast gleich (zu {share:percent}): Zeichnen Sie in eine den offenen, in die andere den geschlossenen Bügel.",
  masks_alike_to_network:
    "Für das Netz sehen beide Masken gleich aus: Zeichnen Sie in eine den offenen, in die andere den geschlossenen Bügel.",
  masks_swapped:
    "Die Masken sind vertauscht, oder die gewählten Sessel sind es: Prüfen Sie die Auswahl, dann, welche Maske welche ist.",
  background_not_plain:
    "Der Hintergrund ist nicht einfarbig: Zeichnen Sie nur den Bügel, weiß auf schwarz, und speichern Sie als PNG.",
};

/** Of what is not there, or no longer. */
const gone = {
  no_lift: "Diese Bahn gibt es nicht mehr.",
  no_proposal: "Diesen Vorschlag gibt es nicht: Jemand hat ihn geändert. Sehen Sie noch einmal nach.",
  proposal_expired: "Der Vorschlag ist zu alt. Schlagen Sie es erneut vor.",
  no_setup: "Diese Bahn wird nicht eingerichtet: Beginnen Sie mit der Adresse der Kamera.",
  no_camera: "Geben Sie zuerst die Adresse der Kamera ein.",
  no_track: "Noch kein Weg wurde gefunden.",
  no_track_version: "Den Weg v{version} gibt es nicht mehr.",
  no_mask_version: "Die Masken v{version} gibt es nicht mehr.",
  no_masks: "Diese Bahn hat noch keine Masken: Zeichnen Sie sie.",
  no_such_carrier: "Sessel {number} ist nicht mehr da: Sehen Sie die Bilder noch einmal an.",
  no_picture: "Davon ist kein Bild gespeichert.",
  no_picture_yet: "Es gibt noch kein Bild.",
  no_masks_proposed: "Noch keine Masken wurden vorgeschlagen.",
  nothing_drawn: "Noch nichts wurde gezeichnet.",
  pictures_gone: "Die Bilder der Sessel sind verschwunden: Sehen Sie die Kamera noch einmal an.",
  recording_gone: "Die Aufzeichnung wurde nach einer Woche gelöscht. Sehen Sie die Kamera noch einmal an.",
};

/** Of a site calibration that cannot be used or tried. */
export const calibrationRefusals = {
  no_calibration: "Die Kalibrierung v{version} gibt es nicht mehr.",
  calibration_active: "Die Bahn wird schon nach dieser Kalibrierung beurteilt.",
  calibration_of_another_track: "Diese Kalibrierung gehört zu einem früheren Weg: Warten Sie auf eine neue.",
  calibration_of_other_masks:
    "Diese Kalibrierung gehört zu den Masken v{mask_version}, die nicht in Gebrauch sind.",
};

/** Of a budget that a lift cannot have. */
export const budgetRefusals = {
  budget_too_few_passages:
    "Zu früh: {seen} Sessel wurden so beurteilt, wie die Bahn jetzt beurteilt wird. Ein Budget braucht {needed}.",
  budget_too_few_open: "Zu früh: {seen} offene Sessel wurden gesehen. Ein Budget braucht {needed}.",
  budget_too_few_reviewed: "Prüfen Sie mehr Sessel: Bisher sind {seen} geprüft. Ein Budget braucht {needed}.",
  budget_too_few_for_wish: "So wenig lässt sich aus {seen} Sesseln nicht versprechen: Es braucht {needed}.",
  budget_cannot_be_met:
    "Dafür ähneln sich offene und geschlossene Sessel auf dieser Bahn zu sehr: {best:fixed1} ist das Mindeste.",
  budget_too_many_missed:
    "Dann könnten bis zu {missed:fixed0} von 1000 offenen Sesseln übersehen werden: Mehr als {most:fixed0} sind nicht erlaubt.",
  budget_more_than_accepted:
    "Jetzt könnten bis zu {missed:fixed0} von 1000 offenen Sesseln übersehen werden, mehr als die zugestandenen {most:fixed0}: Wählen Sie das Budget neu.",
  budget_too_many_false_alarms:
    "{false_alarms:fixed0} Falschalarme kämen am Tag: Mehr als {most:fixed0} hört niemand.",
};

export const setupRefusals = {
  ...addressRefusals,
  ...pictureRefusals,
  ...maskRefusals,
  ...gone,
  ...calibrationRefusals,
  setup_running: "Diese Bahn wird schon eingerichtet: Warten Sie, oder brechen Sie es ab.",
  setups_running: "Andere Bahnen werden eingerichtet. Warten Sie, bis sie fertig sind.",
  setup_exists: "Diese Bahn wurde schon eingerichtet.",
  setup_not_ready: "Es ist noch nicht fertig.",
  no_space: "Der Datenträger des Dienstes ist voll.",
  off_the_path: "Dort fahren keine Sessel. Ziehen Sie es an der Linie entlang.",
  too_short_a_way: "Anfang und Ende liegen zu nah beieinander. Ziehen Sie sie auseinander.",
  picks_missing: "Wählen Sie zuerst mindestens einen offenen und einen geschlossenen Sessel.",
  other_size: "Die Bilder der Kamera hatten damals eine andere Größe: Richten Sie die Bahn neu ein.",
  other_carriers: "Die Sessel wurden inzwischen neu ausgeschnitten: Sehen Sie die Bilder noch einmal an.",
  drawn_elsewhere: "Diese Masken wurden inzwischen in einem anderen Fenster gezeichnet.",
  changed_elsewhere:
    "Jemand anderes hat dies inzwischen geändert, und so wird es jetzt gezeigt: Ansehen, dann bei Bedarf noch einmal speichern.",
  other_id: "Die Kennung der Bahn kann nicht geändert werden.",
  no_bar_maps: "Dieses Netz kann keine Masken vorschlagen: Zeichnen Sie die Bügel von Hand.",
  no_prior: "Dieses Netz kann nicht für eine Bahn kalibriert werden.",
  not_registered:
    "Die Sessel von früher und jetzt liegen nicht übereinander: Lassen Sie das Netz zeichnen, oder zeichnen Sie.",
  changed_meanwhile: "Es hat sich gerade geändert: Fragen Sie noch einmal.",
  held: "Es wird als Beweis aufbewahrt.",
};
