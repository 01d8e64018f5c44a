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

  "help.of": "Qu’est-ce que c’est\u00a0: {title}",
  "help.lifts":
    "Chaque tuile est un télésiège, d’abord ceux qui ont besoin de quelqu’un\u00a0; un appui l’ouvre.",
  "help.alarms":
    "Les alarmes les plus récentes, quoi qu’elles soient devenues\u00a0; «\u00a0Toutes les alarmes\u00a0» les a toutes.",
  "help.blind":
    "Tant que l’une d’elles est en cours, personne n’y signale les garde-corps ouverts\u00a0: regardez vous-même.",
  "help.open": "Des sièges partis garde-corps ouvert\u00a0: acquittez ce que vous avez vu et traité.",
  "help.machine":
    "Sur le service lui-même\u00a0: les alarmes arrivent encore, mais il faut réparer quelque chose.",
  "help.why":
    "À quelle distance le siège était d’ouvert et de fermé, et à partir d’où il compte comme l’un ou l’autre.",
  "help.judged":
    "Votre réponse ne change rien maintenant\u00a0; elle dit combien d’alarmes de ce télésiège sont justes.",
  "help.life": "Qui a fait quoi de cette alarme, et quand\u00a0; rien ne peut en être retiré.",
  "help.history":
    "Toutes les alarmes conservées, la plus récente d’abord\u00a0; une page reste telle qu’elle a été lue.",
  "help.figures": "Combien d’alarmes il y a eu, à côté de ce qu’une personne peut supporter.",
  "help.reports":
    "Le bilan d’un poste, d’un jour, d’une semaine ou d’une saison\u00a0; les tableaux ont tous les chiffres des courbes.",
};
