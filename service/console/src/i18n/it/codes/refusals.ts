/* What a call is refused for while a lift is set up, and what to do. */

/** Of a camera's address and password. */
export const addressRefusals = {
  address_invalid:
    "Questo non è l’indirizzo di una telecamera: comincia con rtsp, rtsps, http o https, e indica un host.",
  address_refused: "Il servizio non può chiamare questo indirizzo.",
  file_not_allowed:
    "Un file del server non può essere sorvegliato qui: inserire l’indirizzo di una telecamera.",
  secret_in_address: "Una password non deve stare nell’indirizzo: inserirla sotto, in Utente e Password.",
  service_variable: "Una variabile del servizio stesso non deve essere inviata a una telecamera.",
  variable_not_allowed: "La variabile {name} non è per questa telecamera: rinominarla in {wanted}.",
  outside_camera_networks:
    "L’indirizzo {address} non è in alcuna rete ammessa per le telecamere. Chiedere a chi gestisce il servizio.",
  variable_not_set: "La variabile {name} non è impostata dove gira il servizio.",
  user_in_address: "Nell’indirizzo c’è un utente, ed è conservata anche una password: togliere l’utente.",
  not_a_cameras_address: "Nessuna telecamera ha un indirizzo simile.",
  key_unusable:
    "Il servizio non può cifrare le password: la sua chiave manca o è danneggiata. Chiedere a chi lo gestisce.",
  no_such_secret: "Nessuna password è conservata come «{name}». Inserire utente e password.",
  secret_unreadable: "La password «{name}» non è più leggibile. Inserire di nuovo utente e password.",
  secret_of_another_host: "La password «{name}» è per un’altra telecamera. Inserire utente e password.",
  secret_in_use: "La password «{name}» è usata da {lifts}: cambiare prima le loro telecamere.",
  probe_running: "Si sta guardando un’altra telecamera: riprovare tra qualche secondo.",
};

/** Of a picture that is handed over. */
const pictureRefusals = {
  empty_file: "Il file è vuoto: scegliere un’immagine JPEG o PNG.",
  not_a_picture: "Questo è {kind}: scegliere un’immagine JPEG o PNG.",
  picture_damaged: "L’immagine è danneggiata: salvarla di nuovo.",
  picture_too_large:
    "L’immagine è troppo grande ({width}×{height}): salvarla più piccola, con 8 bit per canale.",
  picture_too_costly: "L’immagine richiede troppo tempo: salvarla di nuovo, più piccola.",
  busy: "Il servizio sta leggendo molte immagini: riprovare tra qualche secondo.",
  openid_unusable:
    "Le impostazioni del fornitore di accesso sono inutilizzabili: chiedere a chi gestisce il servizio.",
  too_many_feeds: "Troppe pagine seguono gli allarmi: chiuderne alcune.",
  picture_animated: "L’immagine è animata: salvare una sola immagine fissa.",
  file_appended: "Dietro l’immagine c’è un altro file: salvare di nuovo l’immagine.",
  size_without_track: "L’immagine è {width}×{height}: serve 200×200 finché la seggiovia non ha un percorso.",
  wrong_size: "L’immagine è {width}×{height}: serve 200×200 o {camera_width}×{camera_height}.",
  too_large: "Il file è troppo grande.",
  not_a_form: "Il servizio non ha ricevuto un modulo.",
  no_length: "Il servizio non ha ricevuto la lunghezza di ciò che è stato inviato.",
};

/** Of two masks. */
const maskRefusals = {
  mask_empty: "La maschera «{which}» è vuota: disegnarvi la barra.",
  mask_full:
    "La maschera «{which}» è quasi piena ({share:percent}): disegnare solo la barra, bianco su nero.",
  masks_alike:
    "Le due maschere sono quasi uguali (al {share:percent}): disegnare in una la barra aperta, nell’altra quella chiusa.",
  masks_alike_to_network:
    "Per la rete le due maschere sono uguali: disegnare in una la barra aperta, nell’altra quella chiusa.",
  masks_swapped:
    "Le maschere sono scambiate, o lo sono le seggiole scelte: rivedere le scelte, poi quale maschera è quale.",
  background_not_plain:
    "Lo sfondo non è di un solo colore: disegnare solo la barra, bianco su nero, e salvare come PNG.",
};

/** Of what is not there, or no longer. */
const gone = {
  no_lift: "Questa seggiovia non esiste più.",
  no_proposal: "Non c’è una proposta simile: qualcuno l’ha cambiata. Guardare di nuovo.",
  proposal_expired: "La proposta è troppo vecchia. Proporre di nuovo.",
  no_setup: "Questa seggiovia non ha una configurazione: cominciare dall’indirizzo della telecamera.",
  no_camera: "Inserire prima l’indirizzo della telecamera.",
  no_track: "Non è ancora stato trovato alcun percorso.",
  no_track_version: "Il percorso v{version} non esiste più.",
  no_mask_version: "Le maschere v{version} non esistono più.",
  no_masks: "Questa seggiovia non ha ancora maschere: disegnarle.",
  no_such_carrier: "La seggiola {number} non c’è più: guardare di nuovo le immagini.",
  no_picture: "Non ne è conservata alcuna immagine.",
  no_picture_yet: "Non c’è ancora un’immagine.",
  no_masks_proposed: "Non sono ancora state proposte maschere.",
  nothing_drawn: "Non è ancora stato disegnato nulla.",
  pictures_gone: "Le immagini delle seggiole non ci sono più: guardare di nuovo la telecamera.",
  recording_gone: "La registrazione è stata cancellata dopo una settimana. Guardare di nuovo la telecamera.",
};

/** Of a site calibration that cannot be used or tried. */
export const calibrationRefusals = {
  no_calibration: "La calibrazione v{version} non esiste più.",
  calibration_active: "La seggiovia è già valutata con questa calibrazione.",
  calibration_of_another_track: "Questa calibrazione è di un percorso precedente: attenderne una nuova.",
  calibration_of_other_masks: "Questa calibrazione è delle maschere v{mask_version}, che non sono in uso.",
};

/** Of a budget that a lift cannot have. */
export const budgetRefusals = {
  budget_too_few_passages:
    "Troppo presto: {seen} seggiole sono state valutate come lo è ora la seggiovia. Un budget ne richiede {needed}.",
  budget_too_few_open:
    "Troppo presto: sono state viste {seen} seggiole aperte. Un budget ne richiede {needed}.",
  budget_too_few_reviewed:
    "Verificare più seggiole: finora ne sono verificate {seen}. Un budget ne richiede {needed}.",
  budget_too_few_for_wish: "Così poco non si può promettere da {seen} seggiole: ne servono {needed}.",
  budget_cannot_be_met:
    "Su questa seggiovia le seggiole aperte e chiuse si somigliano troppo per questo: {best:fixed1} è il minimo.",
  budget_too_many_missed:
    "Potrebbero sfuggire allora fino a {missed:fixed0} seggiole aperte su 1000: più di {most:fixed0} non è ammesso.",
  budget_more_than_accepted:
    "Ora potrebbero sfuggire fino a {missed:fixed0} seggiole aperte su 1000, più delle {most:fixed0} accettate: scegliere di nuovo il budget.",
  budget_too_many_false_alarms:
    "Arriverebbero {false_alarms:fixed0} falsi allarmi al giorno: nessuno ne ascolta più di {most:fixed0}.",
};

export const setupRefusals = {
  ...addressRefusals,
  ...pictureRefusals,
  ...maskRefusals,
  ...gone,
  ...calibrationRefusals,
  setup_running: "Questa seggiovia è già in configurazione: attendere, o annullarla.",
  setups_running: "Altre seggiovie sono in configurazione. Attendere che finiscano.",
  setup_exists: "Questa seggiovia è già stata configurata.",
  setup_not_ready: "Non è ancora finito.",
  no_space: "Il disco del servizio è pieno.",
  off_the_path: "Lì le seggiole non passano. Trascinarlo lungo la linea.",
  too_short_a_way: "Inizio e fine sono troppo vicini. Allontanarli.",
  picks_missing: "Scegliere prima almeno una seggiola aperta e una chiusa.",
  other_size:
    "Le immagini della telecamera avevano allora un’altra dimensione: configurare di nuovo la seggiovia.",
  other_carriers: "Le seggiole sono state ritagliate di nuovo nel frattempo: guardare di nuovo le immagini.",
  drawn_elsewhere: "Queste maschere sono state disegnate nel frattempo in un’altra finestra.",
  changed_elsewhere:
    "Nel frattempo qualcun altro ha modificato questo, ed è ciò che si vede ora: guardate, poi salvate di nuovo se serve.",
  other_id: "L’identificativo della seggiovia non può essere cambiato.",
  no_bar_maps: "Questa rete non può proporre maschere: disegnare le barre a mano.",
  no_prior: "Questa rete non può essere calibrata per una seggiovia.",
  not_registered:
    "Le seggiole di prima e di ora non si sovrappongono: lasciar disegnare la rete, o disegnare.",
  changed_meanwhile: "È appena cambiato: chiedere di nuovo.",
  held: "È conservato come prova.",
};
