/* Wie jemand die Seite haben will: Sprache, Farben, Tasten. */

export const preferenceSentences = {
  "preferences.title": "Diese Seite",
  "preferences.language": "Sprache",
  "preferences.byBrowser": "Wie im Browser eingestellt",
  "preferences.theme": "Farben",
  "preferences.as.system": "Wie im System eingestellt",
  "preferences.as.light": "Hell",
  "preferences.as.dark": "Dunkel",

  "shortcuts.title": "Tastenkürzel",
  "shortcuts.everywhere": "Überall",
  "shortcuts.list": "Diese Liste zeigen",
  "shortcuts.close": "Geöffnetes schließen",
  "shortcuts.answer": "Antworten, mit dem Buchstaben oder der Zahl auf der Schaltfläche",
  "shortcuts.move": "Einen Punkt verschieben",
  "shortcuts.moveFar": "Ihn zehnmal so weit verschieben",
  "shortcuts.single": "Einzelne Buchstaben lösen etwas aus",
  "shortcuts.done": "Schließen",

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
};
