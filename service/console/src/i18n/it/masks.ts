/* Drawing masks, seeing whether they work, and their versions. */

/** Why a proposal is to be doubted, and what to do. */
const proposalReasons: Readonly<Record<string, string>> = {
  no_open_bar:
    "In queste seggiole non è stata trovata alcuna barra aperta: sceglierne altre come aperte, o disegnarla.",
  no_closed_bar:
    "In queste seggiole non è stata trovata alcuna barra chiusa: sceglierne altre come chiuse, o disegnarla.",
  alike: "Le due barre risultano quasi uguali: rivedere le scelte, o se la barra si vede.",
  swapped: "La barra aperta pende sotto quella chiusa: aperta e chiusa sono state scambiate?",
  picks_contradict: "Una delle seggiole scelte sembra nell’altro stato: rivedere le scelte.",
  doubtful: "Le linee spiegano male le seggiole: sceglierne altre due per stato, o disegnare.",
};

/** Why there is no proposal, and what to do. */
const searchProblems: Readonly<Record<string, string>> = {
  worker_down: "La rete neurale ora è ferma: disegnare le barre, o riprovare tra un momento.",
  pictures_gone: "Le immagini delle seggiole non ci sono più: guardare di nuovo la telecamera.",
  no_masks: "Non ci sono maschere precedenti da riprendere.",
  not_registered:
    "Le seggiole di prima e di ora non si sovrappongono: lasciar disegnare la rete, o disegnare.",
  no_proposal: "Qui la rete non può proporre nulla: disegnare le barre a mano.",
};

export const maskWords = { proposalReasons, searchProblems };

export const maskSentences = {
  "masks.title": "Dov’è la barra?",
  "masks.what":
    "Le due barre sono già disegnate. Trascinare un punto dove una linea manca la barra, in entrambe le maschere.",
  "masks.hidden":
    "Dove la barra è nascosta dal sedile o dai passeggeri, prolungarla fin dove deve essere: tutta la barra, come se davanti non ci fosse nulla.",
  "masks.proposing": "La rete disegna le due barre …",
  "masks.otherPicks":
    "Nel frattempo sono scelte altre seggiole: lasciar ridisegnare la rete, o tenere queste linee.",
  "masks.which": "Quale maschera",
  "masks.of.open": "Maschera aperta",
  "masks.of.close": "Maschera chiusa",
  "masks.otherPicture": "Altra seggiola",
  "masks.tools": "Strumenti",
  "masks.undo": "Annullare",
  "masks.redo": "Ripetere",
  "masks.addPoint": "Aggiungere un punto",
  "masks.removePoint": "Togliere il punto",
  "masks.draw": "Tracciare una linea",
  "masks.removeLine": "Togliere la linea",
  "masks.thinner": "Più sottile",
  "masks.wider": "Più larga",
  "masks.zoomIn": "Ingrandire",
  "masks.zoomOut": "Ridurre",
  "masks.ghost": "Mostrare l’altra maschera",
  "masks.import": "Importare un PNG",
  "masks.propose": "Lasciar ridisegnare la rete",
  "masks.carry": "Riprendere le maschere v{version}",
  "masks.point": "Punto {number} della linea {line}",
  "masks.where": "{x:fixed0} a destra, {y:fixed0} in basso",
  "masks.use": "Usare queste maschere",
  "masks.enrolling": "Le maschere vengono acquisite …",
  "masks.empty": "In entrambe le maschere serve una linea.",
  "masks.elsewhere":
    "Queste maschere sono state cambiate in un’altra finestra mentre qui si disegnava. Nulla viene salvato prima della scelta.",
  "masks.theirs": "Prendere quelle dell’altra finestra",
  "masks.mine": "Tenere le mie",
  "masks.begunAnew":
    "La configurazione è stata ricominciata nel frattempo: queste linee non vengono salvate.",
  "masks.kept": "Salvato.",
  "masks.keeping": "Salvataggio in corso …",

  "proof.title": "Vede?",
  "proof.what":
    "Le prossime seggiole, con sopra le due maschere. Toccare che cos’è ciascuna: giusta, o l’altra.",
  "proof.none": "Nessuna seggiola è ancora stata valutata con queste maschere. Le prossime appaiono qui.",
  "proof.says.go": "GO",
  "proof.says.wait": "ATTENDERE",
  "proof.says.no_go": "NO-GO",
  "proof.why": "{why}: {what}.",
  "proof.armed": "La seggiovia è armata: il suo silenzio significa che tutto va bene.",
  "proof.blind":
    "La seggiovia ora non è sorvegliata: {why}. Fino ad allora il suo silenzio non significa nulla.",
  "proof.carrier": "Seggiola {number}: {verdict}, {seat}",
  "proof.answer": "La seggiola {number} è: {state}",
  "proof.right": "✓ {state}",
  "proof.wrong": "{state}",

  "after.title": "Versioni",
  "after.masks": "Maschere",
  "after.tracks": "Percorsi",
  "after.version": "v{version}, {time}",
  "after.active": "in uso",
  "after.compare": "Confrontare",
  "after.compareWith": "Confrontare: {kind} v{version}",
  "after.back": "Tornarvi",
  "after.backTo": "Tornare: {kind} v{version}",
  "after.done": "Fatto: la versione {version} è in uso.",
  "after.admin":
    "Solo un amministratore torna a maschere precedenti; chi torna a un percorso ne riprende le maschere.",
  "after.maskPicture": "Maschere v{version}",
  "after.trackPicture": "Percorso v{version}",
  "after.noPicture": "Non ne è conservata alcuna immagine.",
  "after.moved":
    "La telecamera è stata spostata? Guardare di nuovo; le maschere attuali si possono riprendere.",
  "after.again": "Cercare di nuovo il percorso",
};
