/* One sentence about each thing that has a heading, for whoever asks. */

export const helpSentences = {
  "help.of": "Was ist das: {title}",
  "help.lifts": "Jede Kachel ist eine Bahn, zuerst die, die jemanden brauchen; ein Druck öffnet die Bahn.",
  "help.alarms": "Die neuesten Alarme, was auch aus ihnen wurde; „Alle Alarme“ hat jeden.",
  "help.blind": "Solange einer davon ansteht, meldet dort niemand offene Bügel: Sehen Sie selbst hin.",
  "help.open":
    "Sessel, die mit offenem Bügel abfuhren: Quittieren Sie, was Sie gesehen haben und wonach Sie gehandelt haben.",
  "help.machine": "Über den Dienst selbst: Alarme kommen noch an, aber etwas muss repariert werden.",
  "help.why":
    "Wie nahe der Sessel an offen und an geschlossen war, und ab wo er als das eine oder andere zählt.",
  "help.judged": "Ihre Antwort ändert jetzt nichts; sie sagt, wie oft die Alarme dieser Bahn stimmen.",
  "help.life": "Wer was wann mit diesem Alarm getan hat; nichts davon kann entfernt werden.",
  "help.history":
    "Jeder Alarm, der aufbewahrt wird, der neueste zuerst; eine Seite bleibt, wie sie gelesen wurde.",
  "help.figures": "Wie viele Alarme es gab, neben dem, was eine Person bewältigen kann.",
  "help.reports":
    "Was eine Schicht, ein Tag, eine Woche oder eine Saison ergab; die Tabellen haben jede Zahl der Kurven.",
  "help.clip": "Die Sekunden davor und danach, wie die Kamera sie gesendet hat.",
  "help.group":
    "Offene Bügel, die an dieser Bahn kurz nacheinander kamen: Ein Druck quittiert die hier gezeigten.",
  "help.pictures":
    "Der Sessel am Anfang, in der Mitte und am Ende seiner Durchfahrt; die Schaltflächen legen etwas darüber.",
  "help.top": "Was am häufigsten kommt, lohnt sich zuerst zu beheben.",
  "help.floods":
    "Zeiten, in denen mehr Alarme kamen, als jemand aufnehmen kann: zehn oder mehr in zehn Minuten.",
  "help.sight":
    "Wie lange offene Bügel gesehen werden konnten, wie lange niemand sie hätte sehen können, und warum.",
  "help.byLift": "Dieselben Zahlen für jede Bahn einzeln.",
  "help.byPart":
    "Dieselben Zahlen der Reihe nach in der Zeit; Abschnitte, von denen nichts bekannt ist, fehlen.",
  "help.byHour": "Alle Tage zusammen: zu welcher Stunde die meisten Bügel offen bleiben.",
  "help.kinds": "Wie viele Alarme jeder Art kamen, und wie lange sie auf jemanden warteten.",
  "help.looked": "Was Menschen sahen, die sich Sessel dieser Zeit noch einmal ansahen.",
  "help.escalation": "Wen ein nicht quittierter Alarm der Reihe nach ruft, bis sich jemand kümmert.",
  "help.waiting": "Alarme, die niemand quittiert hat, und die Stufe, die jeder erreicht hat.",
  "help.account": "Was nur Sie betrifft: Ihre Anmeldungen, Ihre Benachrichtigungen, wie Sie sich ausweisen.",
  "help.signIns": "Wo Sie angemeldet sind; beenden Sie, was Sie nicht kennen.",
  "help.password": "Womit Sie sich neben Ihrem Namen anmelden; niemand kann es lesen, auch kein Admin.",
  "help.signIn": "Mit Name und Passwort, oder mit einem Token, das ein Admin für Sie erstellt hat.",
  "help.admin": "Was den Dienst gesund hält; jeder Teil sagt, wozu er da ist.",
  "help.findings": "Was am Dienst selbst nicht stimmt, zuerst was ihn blind macht, und was zu tun ist.",
  "help.restore": "Für einen neuen Rechner, oder wenn die jetzigen Daten beschädigt sind.",
  "help.plant": "Was die Steuerung der Bahn diesem Dienst sagt, und was dieser Dienst ihr sagt.",
  "help.review":
    "Menschen sehen sich zufällig gezogene Sessel noch einmal an: Nur so weiß man, was übersehen wird.",
  "help.question":
    "Antworten Sie nur nach den Bildern; was der Dienst und andere sagten, wird nicht gezeigt.",
  "help.accuracy":
    "Wie viele offene Bügel übersehen werden und wie viele Alarme falsch sind, soweit nachgesehen wurde.",
  "help.setup":
    "Sechs Schritte von der Kamera zur scharfen Bahn; alles bleibt erhalten, Sie können weggehen und wiederkommen.",
  "help.address":
    "Die Kamera, die auf den Einstieg blickt; sie zeigt ihr Bild, bevor etwas gespeichert wird.",
  "help.carriers":
    "Die Bahn muss laufen: An vorbeifahrenden Sesseln lernt der Dienst, wo sie hängen und wie oft einer kommt.",
  "help.pick":
    "Aus Ihrer Auswahl lernt das Netz, wo der Bügel dieser Bahn hängt, wenn er offen und wenn er geschlossen ist.",
  "help.masks":
    "Die zwei Zeichnungen sagen, wo der Bügel offen und geschlossen ist; jeder Sessel wird mit beiden verglichen.",
  "help.proof":
    "Nur GO heißt scharf: Bis dahin bedeutet Stille von dieser Bahn nicht, dass alles in Ordnung ist.",
  "help.after":
    "Frühere Masken und Wege bleiben erhalten: Vergleichen Sie zwei, oder kehren Sie zu einem früheren Stand zurück.",
  "help.own":
    "Wie die Sessel dieser Bahn offen und geschlossen aussehen, und eine Schwelle dazwischen, die Sie verwenden können.",
  "help.budget":
    "Wählen Sie, wie viele Fehlalarme oder wie viele übersehene Bügel tragbar sind; der Preis steht da, bevor es gilt.",
  "help.trials":
    "Der Selbsttest weist nach, dass ein offener Bügel hier Alarm auslöst; ein Kandidat wird erprobt, ohne zu entscheiden.",
};
