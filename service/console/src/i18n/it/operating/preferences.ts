/* How somebody wants the page: its language, its colours, its keys. */

export const preferenceSentences = {
  "preferences.title": "Questa pagina",
  "preferences.language": "Lingua",
  "preferences.byBrowser": "Come nel browser",
  "preferences.theme": "Colori",
  "preferences.as.system": "Come nel sistema",
  "preferences.as.light": "Chiaro",
  "preferences.as.dark": "Scuro",

  "shortcuts.title": "Scorciatoie da tastiera",
  "shortcuts.everywhere": "Ovunque",
  "shortcuts.list": "Mostrare questo elenco",
  "shortcuts.close": "Chiudere ciò che è aperto",
  "shortcuts.answer": "Rispondere, con la lettera o la cifra sul pulsante",
  "shortcuts.move": "Spostare un punto",
  "shortcuts.moveFar": "Spostarlo dieci volte più lontano",
  "shortcuts.single": "Le singole lettere attivano qualcosa",
  "shortcuts.done": "Chiudere",
};
