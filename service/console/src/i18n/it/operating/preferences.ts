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

  "help.of": "Che cos’è: {title}",
  "help.lifts":
    "Ogni riquadro è una seggiovia, prima quelle che hanno bisogno di qualcuno; premendolo si apre.",
  "help.alarms": "Gli allarmi più recenti, qualunque cosa ne sia stato; «Tutti gli allarmi» li ha tutti.",
  "help.blind": "Finché uno di questi è attivo, lì nessuno segnala le barre aperte: guardate di persona.",
  "help.open": "Seggiole partite con la barra aperta: riconoscete ciò che avete visto e gestito.",
  "help.machine": "Sul servizio stesso: gli allarmi arrivano ancora, ma qualcosa va riparato.",
  "help.why": "Quanto la seggiola era vicina ad aperta e a chiusa, e da dove conta come l’una o l’altra.",
  "help.judged":
    "La risposta ora non cambia nulla; dice quanto spesso gli allarmi di questa seggiovia sono giusti.",
  "help.life": "Chi ha fatto che cosa con questo allarme, e quando; nulla può esserne tolto.",
  "help.history": "Ogni allarme conservato, il più recente per primo; una pagina resta come è stata letta.",
  "help.figures": "Quanti allarmi ci sono stati, accanto a quanti ne regge una persona.",
  "help.reports":
    "Il risultato di un turno, di un giorno, di una settimana o di una stagione; le tabelle hanno tutti i numeri dei grafici.",
};
