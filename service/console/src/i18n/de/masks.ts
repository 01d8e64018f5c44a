/* Drawing masks, seeing whether they work, and their versions. */

/** Why a proposal is to be doubted, and what to do. */
const proposalReasons: Readonly<Record<string, string>> = {
  no_open_bar:
    "In diesen Sesseln wurde kein offener Bügel gefunden: Wählen Sie andere als offen, oder zeichnen Sie ihn.",
  no_closed_bar:
    "In diesen Sesseln wurde kein geschlossener Bügel gefunden: Wählen Sie andere als geschlossen, oder zeichnen Sie ihn.",
  alike: "Beide Bügel kommen fast gleich heraus: Prüfen Sie die Auswahl, oder ob der Bügel zu sehen ist.",
  swapped: "Der offene Bügel hängt unter dem geschlossenen: Wurden offen und geschlossen verwechselt?",
  picks_contradict: "Einer der gewählten Sessel sieht aus wie der andere Zustand: Prüfen Sie die Auswahl.",
  doubtful:
    "Die Linien erklären die Sessel schlecht: Wählen Sie von jedem Zustand zwei weitere, oder zeichnen Sie.",
};

/** Why there is no proposal, and what to do. */
const searchProblems: Readonly<Record<string, string>> = {
  worker_down:
    "Das Netz läuft gerade nicht: Zeichnen Sie die Bügel, oder versuchen Sie es gleich noch einmal.",
  pictures_gone: "Die Bilder der Sessel sind verschwunden: Sehen Sie die Kamera noch einmal an.",
  no_masks: "Es gibt keine früheren Masken zum Übernehmen.",
  not_registered:
    "Die Sessel von früher und jetzt liegen nicht übereinander: Lassen Sie das Netz zeichnen, oder zeichnen Sie.",
  no_proposal: "Hier kann das Netz nichts vorschlagen: Zeichnen Sie die Bügel von Hand.",
};

export const maskWords = { proposalReasons, searchProblems };

export const maskSentences = {
  "masks.title": "Wo ist der Bügel?",
  "masks.what":
    "Beide Bügel sind schon gezeichnet. Ziehen Sie einen Punkt, wo eine Linie den Bügel verfehlt, in beiden Masken.",
  "masks.hidden":
    "Wo der Bügel hinter Sitz oder Fahrgästen verdeckt ist, zeichnen Sie ihn dorthin weiter, wo er sein muss: den ganzen Bügel, als stünde nichts davor.",
  "masks.proposing": "Das Netz zeichnet beide Bügel …",
  "masks.otherPicks":
    "Inzwischen sind andere Sessel gewählt: Lassen Sie das Netz neu zeichnen, oder bleiben Sie bei diesen Linien.",
  "masks.which": "Welche Maske",
  "masks.of.open": "Offen-Maske",
  "masks.of.close": "Geschlossen-Maske",
  "masks.otherPicture": "Anderer Sessel",
  "masks.tools": "Werkzeuge",
  "masks.undo": "Rückgängig",
  "masks.redo": "Wiederholen",
  "masks.addPoint": "Punkt hinzufügen",
  "masks.removePoint": "Punkt entfernen",
  "masks.draw": "Linie zeichnen",
  "masks.removeLine": "Linie entfernen",
  "masks.thinner": "Dünner",
  "masks.wider": "Breiter",
  "masks.zoomIn": "Vergrößern",
  "masks.zoomOut": "Verkleinern",
  "masks.ghost": "Andere Maske zeigen",
  "masks.import": "PNG importieren",
  "masks.propose": "Das Netz neu zeichnen lassen",
  "masks.carry": "Masken v{version} übernehmen",
  "masks.point": "Punkt {number} von Linie {line}",
  "masks.where": "{x:fixed0} nach rechts, {y:fixed0} nach unten",
  "masks.use": "Diese Masken verwenden",
  "masks.enrolling": "Die Masken werden übernommen …",
  "masks.empty": "Beide Masken brauchen eine Linie.",
  "masks.elsewhere":
    "Diese Masken wurden in einem anderen Fenster geändert, während Sie hier zeichneten. Bevor Sie wählen, wird nichts gespeichert.",
  "masks.theirs": "Die des anderen Fensters nehmen",
  "masks.mine": "Meine behalten",
  "masks.begunAnew": "Das Einrichten wurde inzwischen neu begonnen: Diese Linien werden nicht gespeichert.",
  "masks.kept": "Gespeichert.",
  "masks.keeping": "Wird gespeichert …",

  "proof.title": "Sieht es?",
  "proof.what":
    "Die nächsten Sessel, mit beiden Masken darüber. Tippen Sie an, was jeder ist: richtig, oder das andere.",
  "proof.none": "Noch kein Sessel wurde mit diesen Masken beurteilt. Die nächsten erscheinen hier.",
  "proof.says.go": "GO",
  "proof.says.wait": "WARTEN",
  "proof.says.no_go": "NO-GO",
  "proof.why": "{why}: {what}.",
  "proof.armed": "Die Bahn ist scharf: Schweigt sie, ist alles in Ordnung.",
  "proof.blind": "Die Bahn wird jetzt nicht überwacht: {why}. Bis dahin bedeutet ihr Schweigen nichts.",
  "proof.carrier": "Sessel {number}: {verdict}, {seat}",
  "proof.answer": "Sessel {number} ist: {state}",
  "proof.right": "✓ {state}",
  "proof.wrong": "{state}",

  "after.title": "Versionen",
  "after.masks": "Masken",
  "after.tracks": "Wege",
  "after.version": "v{version}, {time}",
  "after.active": "in Gebrauch",
  "after.compare": "Vergleichen",
  "after.compareWith": "Vergleichen: {kind} v{version}",
  "after.back": "Dorthin zurück",
  "after.backTo": "Zurück: {kind} v{version}",
  "after.done": "Erledigt: Version {version} ist in Gebrauch.",
  "after.admin":
    "Nur ein Administrator geht zu früheren Masken zurück; wer zu einem Weg zurückgeht, nimmt dessen Masken mit.",
  "after.maskPicture": "Masken v{version}",
  "after.trackPicture": "Weg v{version}",
  "after.noPicture": "Davon ist kein Bild gespeichert.",
  "after.moved":
    "Wurde die Kamera bewegt? Sehen Sie noch einmal hin; die jetzigen Masken lassen sich übernehmen.",
  "after.again": "Den Weg neu suchen",
};
