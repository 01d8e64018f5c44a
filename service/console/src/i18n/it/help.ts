/* One sentence about each thing that has a heading, for whoever asks. */

export const helpSentences = {
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
  "help.clip": "I secondi prima e dopo, come li ha inviati la telecamera.",
  "help.group":
    "Barre aperte arrivate una dopo l’altra su questa seggiovia: una pressione riconosce quelle mostrate qui.",
  "help.pictures":
    "La seggiola all’inizio, a metà e alla fine del passaggio; i pulsanti vi sovrappongono qualcosa.",
  "help.top": "Ciò che torna più spesso conviene sistemarlo per primo.",
  "help.floods":
    "I momenti in cui sono arrivati più allarmi di quanti una persona ne segua: dieci o più in dieci minuti.",
  "help.sight":
    "Per quanto tempo le barre aperte si potevano vedere, per quanto nessuno le avrebbe viste, e perché.",
  "help.byLift": "Le stesse cifre per ogni seggiovia.",
  "help.byPart": "Le stesse cifre in ordine di tempo; mancano le parti di cui non si sa nulla.",
  "help.byHour": "Tutti i giorni insieme: a che ora restano aperte più barre.",
  "help.kinds": "Quanti allarmi di ogni tipo sono arrivati, e quanto hanno atteso qualcuno.",
  "help.looked": "Ciò che ha visto chi ha riguardato le seggiole di questo periodo.",
  "help.escalation":
    "Chi chiama un allarme non riconosciuto, uno dopo l’altro, finché qualcuno se ne occupa.",
  "help.waiting": "Gli allarmi che nessuno ha riconosciuto, e il livello raggiunto da ciascuno.",
  "help.account": "Ciò che riguarda solo voi: accessi, notifiche, come mostrate chi siete.",
  "help.signIns": "Dove avete effettuato l’accesso; chiudete ciò che non conoscete.",
  "help.password": "Ciò con cui accedete oltre al nome; nessuno può leggerla, nemmeno un amministratore.",
  "help.signIn": "Con nome e password, o con un token che un amministratore ha creato per voi.",
  "help.admin": "Ciò che mantiene in salute il servizio; ogni parte dice a che cosa serve.",
  "help.findings": "Che cosa non va nel servizio stesso, prima ciò che lo acceca, e che cosa fare.",
  "help.restore": "Per una nuova macchina, o quando i dati attuali sono danneggiati.",
  "help.plant": "Ciò che il comando della seggiovia dice a questo servizio, e ciò che questo gli dice.",
  "help.review": "Persone riguardano seggiole estratte a caso: solo così si sa che cosa sfugge.",
  "help.question":
    "Rispondete solo in base alle immagini; ciò che hanno detto il servizio e gli altri non è mostrato.",
  "help.accuracy": "Quante barre aperte sfuggono e quanti allarmi sono falsi, per quanto si è guardato.",
  "help.setup":
    "Sei passi dalla telecamera alla seggiovia armata; tutto resta salvato, potete andare e tornare.",
  "help.address": "La telecamera che guarda l’imbarco; mostra la sua immagine prima che si salvi qualcosa.",
  "help.carriers":
    "La seggiovia deve girare: dalle seggiole che passano il servizio impara dove sono e ogni quanto arrivano.",
  "help.pick": "Dalle vostre scelte la rete impara dove sta la barra di questa seggiovia, aperta e chiusa.",
  "help.masks":
    "I due disegni dicono dove sta la barra aperta e chiusa; ogni seggiola è confrontata con entrambi.",
  "help.proof":
    "Solo GO vuol dire armata: fino ad allora il silenzio di questa seggiovia non vuol dire che tutto va bene.",
  "help.after":
    "Maschere e percorsi precedenti restano salvati: confrontatene due, o tornate a una versione.",
  "help.own":
    "Come appaiono le seggiole di questa seggiovia, aperte e chiuse, e una soglia tra loro che potete usare.",
  "help.budget":
    "Scegliete quanti falsi allarmi, o quante mancate, sono sopportabili; il prezzo si vede prima che valga.",
  "help.trials":
    "L’autotest prova che una barra aperta darebbe qui l’allarme; un candidato si prova senza decidere nulla.",
};
