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
};
