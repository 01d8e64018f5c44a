/* The administration: what keeps the service well. */

import type { KeptClassName, ProcessKind, RecordState, SystemFinding } from "../../../api/types";

export const adminSentences = {
  "admin.title": "Amministrazione",
  "admin.all": "Tutta l’amministrazione",
  "admin.peopleHelp": "Chi può accedere con il proprio nome, e che cosa può fare su quale seggiovia.",
  "admin.tokensHelp": "Chiavi per programmi e per schermi a parete; ciascuna può essere ritirata subito.",
  "admin.outputsHelp":
    "Dove vanno gli allarmi oltre a questa pagina: e-mail, webhook, sale di comando. Ogni uscita si può provare qui.",
  "admin.auditHelp": "Chi ha fatto che cosa, quando e da dove, e se questo registro è integro.",
  "admin.healthHelp": "Che cosa richiede qualcuno adesso, e come stanno telecamere, disco, orologio e code.",
  "admin.modelsHelp":
    "Quale rete giudica, da che cosa è nata, che cosa giudica in prova, e la via del ritorno.",
  "admin.keepingHelp":
    "Per quanto tempo si tengono immagini, allarmi e registrazioni, e se le persone vi sono nascoste.",
  "admin.backupsHelp": "Copie di tutto: crearne una, verificarla, portarla via, ripristinarla.",
  "admin.recordsHelp":
    "La prova quotidiana che la via fino all’allarme funziona su ogni seggiovia, con la sua firma.",

  "health.title": "Stato",
  "health.findings": "Che cosa richiede qualcuno",
  "health.well": "Il servizio in sé non ha alcun problema.",
  "health.confirmClock": "Adesso l’ora è giusta",
  "health.cameras": "Telecamere",
  "health.camerasHelp":
    "Le immagini arrivano a ritmo regolare e hanno meno di un secondo; una persa era in ritardo per il processore.",
  "health.noCamera": "Nessuna telecamera è sorvegliata.",
  "health.fps": "{fps} immagini al secondo",
  "health.age": "l’ultima {age} fa",
  "health.frames": "{read} lette, {dropped} perse",
  "health.keyFrames": "linea ferma: solo immagini chiave",
  "health.reached": { one: "collegata una volta", other: "collegata {count} volte" },
  "health.restarted": { one: "riavviato una volta", other: "riavviato {count} volte" },
  "health.processes": "Processi",
  "health.processesHelp":
    "Ogni telecamera e la rete girano separate: se una si ferma non ferma le altre, e riparte da sola.",
  "health.pid": "numero {pid}",
  "health.machine": "Disco, database, orologio",
  "health.machineHelp":
    "Senza spazio nessun allarme si può conservare; con l’orologio sbagliato nulla di vecchio si cancella.",
  "health.disk": "Spazio sul disco",
  "health.free": "{free} liberi su {total}",
  "health.reserve": "Riservato agli allarmi",
  "health.database": "Database",
  "health.damaged": "Registrazioni danneggiate",
  "health.time": "Ora ritenuta valida",
  "health.jump": "L’orologio di sistema si scosta di",
  "health.noJump": "nulla",
  "health.zone": "Fuso orario",
  "health.computes": "La rete calcola su",
  "health.backup": "Ultimo backup",
  "health.never": "nessuno",
  "health.queues": "Che cosa attende",
  "health.queuesHelp":
    "Le code sono vicine a zero finché la macchina tiene il passo; ciò che è rifiutato si conta, mai perso in silenzio.",
  "health.writes": "Per il database",
  "health.pictures": "Immagini per la rete",
  "health.waits": "{waiting} in attesa, {refused} rifiutate",
  "health.versions": "Versioni",
  "health.versionsHelp": "Da indicare a chi vi aiuta.",
  "health.network": "Rete",
  "health.tables": "Tabelle del database",
  "health.system": "Sistema",

  "models.title": "Modelli",
  "models.judging": "Che cosa giudica",
  "models.judgingHelp":
    "Una rete danneggiata o estranea è rifiutata all’avvio; queste impronte dicono quale gira.",
  "models.identity": "Identità",
  "models.origin": "Origine",
  "models.promoted": "adottato qui, al posto di quello fornito",
  "models.fixed": "indicato da BARWATCH_MODEL: nessun altro può essere adottato",
  "models.ships": "quello fornito con questa versione",
  "models.folder": "La sua cartella",
  "models.digest": "Impronta di tutto ciò che decide",
  "models.file": "Impronta del suo file",
  "models.signed": "Firma",
  "models.isSigned": "firmato dalla chiave richiesta",
  "models.notSigned": "non richiesta (BARWATCH_MODEL_PUBLIC_KEY)",
  "models.trained": "Addestrato con",
  "models.calibrated": "Calibrato con",
  "models.band": "Probabilità di aperto",
  "models.bandOf": "chiuso fino a {closed}, aperto da {open}",
  "models.golden": "Seggiole registrate da giudicare come prima",
  "models.measured": "Che cosa se ne è misurato",
  "models.atWork": "In prova e adottati",
  "models.atWorkHelp":
    "Ciò che è in prova non decide nulla. Nella pagina della seggiovia si confronta, si adotta, si torna indietro.",
  "models.noneAtWork": "Niente: ogni seggiovia è giudicata con la sua configurazione.",
  "models.compared": {
    one: "{count} seggiola confrontata, {differ} giudicata diversamente",
    other: "{count} seggiole confrontate, {differ} giudicate diversamente",
  },

  "keeping.title": "Conservazione e privacy",
  "keeping.classes": "Che cosa si tiene, e per quanto",
  "keeping.classesHelp":
    "Per cambiare una durata, impostate la variabile indicata dove gira il servizio e riavviatelo. Resta nel registro.",
  "keeping.forGood": "per sempre",
  "keeping.days": { one: "tenuto {count} giorno", other: "tenuto {count} giorni" },
  "keeping.oldest": "il più vecchio del {at}",
  "keeping.paused": "Nulla di vecchio si cancella finché l’orologio è dubbio: vedi Stato.",
  "keeping.sizes": "Quanto del disco",
  "keeping.sizesHelp": "Contato file per file quando qualcuno guarda, al massimo ogni quarto d’ora.",
  "keeping.counting": "I file si stanno contando …",
  "keeping.privacy": "Le persone nelle immagini",
  "keeping.privacyHelp":
    "BARWATCH_PRIVACY vale per tutte; il `privacy` di una seggiovia (PUT /lifts/ID) ha la precedenza. Ciò che è già salvato resta com’è.",
  "keeping.hidden": "le persone sono nascoste",
  "keeping.shown": "le persone si vedono",
  "keeping.own": "per impostazione propria",
  "keeping.noClips": "nessun video degli allarmi",
  "keeping.clips": {
    one: "video degli allarmi per {count} giorno",
    other: "video degli allarmi per {count} giorni",
  },

  "backups.title": "Backup",
  "backups.plan": {
    one: "Ogni giorno alle {hour}; {count} si conserva, in {folder}. Una copia su un altro disco sopravvive a questo.",
    other:
      "Ogni giorno alle {hour}; {count} si conservano, in {folder}. Una copia su un altro disco sopravvive a questo.",
  },
  "backups.noPlan": "Nessuno si crea da sé (BARWATCH_BACKUP_HOUR); si trovano in {folder}.",
  "backups.make": "Crea un backup ora",
  "backups.making": "Backup in corso; la sorveglianza continua.",
  "backups.verifying": "Un backup viene riletto per intero.",
  "backups.done": "Fatto.",
  "backups.failed": "Non riuscito: {problem}",
  "backups.none": "Non ce n’è ancora nessuno.",
  "backups.checkedWhenMade": "verificato alla creazione",
  "backups.whole": "integro, verificato {at}",
  "backups.damaged": "DANNEGGIATO, rilevato {at}: usatene un altro",
  "backups.verify": "Verifica",
  "backups.verifyLabel": "Verifica {name}",
  "backups.take": "Scarica",
  "backups.takeLabel": "Scarica {name}",
  "backups.restore": "Ripristinare un backup",
  "backups.restoreHelp":
    "Fermate il servizio, eseguite questo dove gira e riavviatelo. Con Docker Compose anteponete «docker compose run --rm -T --no-deps». Ciò che c’è viene messo da parte, mai sovrascritto.",

  "records.title": "Autotest",
  "records.about":
    "Ogni registrazione è firmata da questo impianto e citata nel registro: nessuno può cambiarne o toglierne una senza che si veda.",
  "records.none": "Nessuna seggiovia è stata ancora provata.",
  "records.of": "{lift}, prova {number}",

  "check.title": "È tutto integro?",
  "check.about":
    "Ogni voce, riga, immagine e firma viene seguita, a parte e senza fretta. Conservate altrove la testa qui sotto: mostra ciò che fosse stato tagliato.",
  "check.now": "Verifica ora",
  "check.running": "Verifica in corso da {at}.",
  "check.never": "Qui mai verificato per intero.",
  "check.whole":
    "Integro fino alla voce {until}: {rows} righe e immagini corrispondono. Verificato {at} da {by}.",
  "check.broken":
    "INTERROTTO, seguito fino alla voce {until} ({rows} righe e immagini), {at} da {by}. Chiamate chi gestisce il servizio; non cambiate nulla.",
  "check.failed": "Verifica non riuscita: {problem}",
};

const findings: Record<SystemFinding, string> = {
  part_fails: "Una parte del servizio è guasta: {part}.",
  embedder_down: "La rete non risponde: nessuna seggiola è giudicata.",
  device_lost: "Il processore grafico è perso; calcola quello principale.",
  database_refuses: "Il database rifiuta: {reason}",
  records_damaged: "{count} registrazioni sono illeggibili.",
  writes_wait: "{count} scritture attendono il disco.",
  disk_full: "Il disco è pieno: {free} liberi. Nessun allarme si può tenere.",
  disk_low: "Poco spazio sul disco: {free} liberi. Non si tengono più immagini.",
  clock_jumped: "L’orologio di sistema è saltato di {by}.",
  camera_not_live: "{lift}: {state}.",
  camera_drops: "{lift}: {share} delle immagini arrivano tardi.",
  output_fails: "L’uscita {name} non consegna.",
  output_set_aside: "{name} ha rifiutato {count} messaggi definitivamente.",
  no_backup: "Non c’è ancora alcun backup.",
  backup_old: "L’ultimo backup ha {age}.",
  backups_off: "Nessun backup si crea da sé.",
};

const findingAdvice: Record<SystemFinding, string> = {
  part_fails: "Riparte da sola; se dura minuti, riavviate il servizio.",
  embedder_down: "Sorvegliate voi stessi; riparte da sola, altrimenti riavviate il servizio.",
  device_lost: "Funziona, più lento: riavviate la macchina in un’ora tranquilla.",
  database_refuses: "Gli allarmi si mostrano ma non si tengono: liberate spazio, poi guardate il log.",
  records_damaged: "Vengono lasciate fuori. Verificate un backup e il disco.",
  writes_wait: "Il disco è lento o occupato: vedete che cos’altro lo usa.",
  disk_full: "Cancellate o spostate subito file che non sono di Barwatch.",
  disk_low: "Liberate spazio, o accorciate la conservazione.",
  clock_jumped: "Regolatelo, poi premete il pulsante. Fino ad allora nulla di vecchio si cancella.",
  camera_not_live:
    "Sorvegliate voi questa seggiovia; controllate cavo, corrente e indirizzo della telecamera.",
  camera_drops: "La macchina non tiene il passo: aiutano un’immagine più piccola o meno immagini.",
  output_fails: "Gli allarmi la attendono e non si perdono: provatela in Uscite.",
  output_set_aside: "Decidete in Uscite: reinviare o tralasciare.",
  no_backup: "Createne uno in Backup.",
  backup_old: "Vedete in Backup perché, e createne uno.",
  backups_off: "Impostate BARWATCH_BACKUP_HOUR, se nessun altro programma salva la cartella.",
};

const processKinds: Record<ProcessKind, string> = {
  main: "Il servizio",
  embedder: "La rete",
  camera: "Telecamera",
  helper: "Ausiliari",
};

const keptClasses: Record<KeptClassName, string> = {
  passages: "Seggiole passate",
  pictures: "Seggiole con immagini",
  alarms: "Barre aperte",
  health_alarms: "Altri allarmi",
  reviews: "Seggiole riviste",
  clips: "Video degli allarmi",
  held: "Tenuti come prova",
  self_tests: "Autotest",
  audit: "Voci del registro",
};

const keptFolders = {
  database: "Database",
  pictures: "Immagini",
  clips: "Video degli allarmi",
  setup: "Configurazioni",
  learnt: "Appreso dalle linee",
  models: "Altri modelli",
  backups: "Backup",
};

const recordStates: Record<RecordState, string> = {
  signed: "Firmato, e nel registro",
  not_signed: "NESSUNA PROVA: la firma non corrisponde",
  other_key: "NESSUNA PROVA: firmato da un’altra chiave",
  changed: "NESSUNA PROVA: modificato dopo la firma",
  not_in_audit: "NESSUNA PROVA: il registro ne cita un’altra",
};

export const adminWords = { findings, findingAdvice, processKinds, keptClasses, keptFolders, recordStates };
