/* How somebody wants the page: its language, its colours, its keys. */

export const preferenceSentences = {
  "preferences.title": "Cette page",
  "preferences.language": "Langue",
  "preferences.byBrowser": "Comme le navigateur",
  "preferences.theme": "Couleurs",
  "preferences.as.system": "Comme le système",
  "preferences.as.light": "Clair",
  "preferences.as.dark": "Sombre",

  "shortcuts.title": "Raccourcis clavier",
  "shortcuts.everywhere": "Partout",
  "shortcuts.list": "Afficher cette liste",
  "shortcuts.close": "Fermer ce qui est ouvert",
  "shortcuts.answer": "Répondre, par la lettre ou le chiffre du bouton",
  "shortcuts.move": "Déplacer un point",
  "shortcuts.moveFar": "Le déplacer dix fois plus loin",
  "shortcuts.single": "Les lettres seules déclenchent une action",
  "shortcuts.done": "Fermer",
};
