/* Outputs: their kinds, their state, what is wrong with them, and what they are set up with. */

import type { OutputProblem, OutputState } from "../../../api/types";

const outputStates: Record<OutputState, string> = {
  off: "disattivata",
  starting: "in avvio",
  live: "trasmette",
  behind: "in ritardo",
  failing: "non trasmette",
};

export const outputProblems: Record<OutputProblem, string> = {
  no_such_host: "non esiste un host simile",
  forbidden_address: "questo indirizzo non può essere chiamato: chiedere a chi gestisce il servizio",
  refused: "lì nessuno ascolta",
  unreachable: "non è raggiungibile",
  timed_out: "non risponde in tempo",
  tls_failed: "il suo certificato non è attendibile, o non usa la cifratura",
  wrong_password: "l’utente o la password è sbagliata",
  rejected: "non accetta ciò che si invia ({status})",
  redirected: "ora è altrove",
  closed: "ha chiuso la connessione",
  secret_unreadable: "la sua password non è più leggibile: inserirla di nuovo",
  misconfigured: "la sua impostazione {where} è inutilizzabile",
  store_unavailable: "la banca dati non risponde",
  in_use: "la sua porta è occupata",
  crashed: "ha un errore suo: il registro dice di più",
};

/** By kind; of one that a later service has, the kind itself is shown. */
const outputKinds: Record<string, string> = {
  email: "E-mail",
  modbus: "Server Modbus TCP",
  mqtt: "MQTT (Home Assistant, Node-RED)",
  opcua: "Server OPC UA",
  web_push: "Notifiche nei browser",
  webhook: "Webhook",
};

const outputFields: Record<string, string> = {
  acknowledge: "I client possono riconoscere gli allarmi",
  anonymous: "Altri possono leggere senza accedere",
  contact: "A chi scrive un servizio push (mailto:…)",
  every_s: "Secondi tra due e-mail",
  host: "Host",
  language: "Lingua: en, fr, de o it; vuoto: quella del servizio",
  networks: "Reti che possono connettersi, separate da virgole",
  password: "Password",
  port: "Porta",
  security: "Cifratura: starttls, tls o none",
  sender: "Da",
  tls: "Cifrato",
  to: "A, separati da virgole",
  topic: "Topic",
  url: "Indirizzo",
  user: "Utente",
};

export const outputWords = { outputStates, outputProblems, outputKinds, outputFields };

export const outputRefusals = {
  output_exists: "C’è già un’uscita {name}.",
  no_output: "Questa uscita non esiste più.",
  no_such_kind: "Il servizio non ha questo tipo di uscita.",
  no_such_output_secret: "Questo tipo di uscita non ha {name}.",
  output_forbidden_address: "Questo indirizzo non può essere chiamato: chiedere a chi gestisce il servizio.",
  output_misconfigured: "L’impostazione {where} è inutilizzabile.",
  no_push: "Il servizio non invia nulla ai browser.",
  push_needs_owner: "Accedere con nome o token: un link non può abbonarsi.",
  no_push_service: "Il servizio push di questo browser non è tra quelli ammessi.",
  no_push_keys: "Questo browser non ha dato chiavi utilizzabili.",
  too_many_subscriptions: "Troppi browser sono abbonati: terminarne alcuni.",
  no_subscription: "Questo browser non è più abbonato.",
};

export const outputSentences = {
  "outputs.title": "Uscite",
  "outputs.about":
    "Ciò che passa gli allarmi ad altri sistemi. Ognuna è disattivata finché non la si attiva.",
  "outputs.says": "{kind} · {state}",
  "outputs.lag": { one: "{count} allarme attende", other: "{count} allarmi attendono" },
  "outputs.setAside": { one: "{count} rifiutato e accantonato", other: "{count} rifiutati e accantonati" },
  "outputs.again": "Inviare di nuovo",
  "outputs.againLabel": "Inviare di nuovo ciò che {name} ha rifiutato",
  "outputs.leaveOut": "Tralasciare",
  "outputs.leaveOutLabel": "Tralasciare definitivamente ciò che {name} ha rifiutato",
  "outputs.delivered": "ultima trasmissione {at}",
  "outputs.lastError": "{problem} ({at})",
  "outputs.test": "Testare",
  "outputs.testLabel": "Testare {name}",
  "outputs.works": "{name}: il test è arrivato.",
  "outputs.fails": "{name}: {problem}.",
  "outputs.enabled": "Attiva",
  "outputs.on": "Attivare",
  "outputs.onLabel": "Attivare {name}",
  "outputs.off": "Disattivare",
  "outputs.offLabel": "Disattivare {name}",
  "outputs.change": "Modificare",
  "outputs.changeLabel": "Modificare {name}",
  "outputs.delete": "Eliminare",
  "outputs.deleteLabel": "Eliminare {name}",
  "outputs.add": "Aggiungere un’uscita",
  "outputs.changing": "Modificare {name}",
  "outputs.kind": "Tipo",
  "outputs.name": "Nome",
  "outputs.secretStays": "Vuoto: resta com’è.",
  "outputs.lifts": "Seggiovie (nessuna: tutte)",
  "outputs.kinds": "Allarmi (nessuno: tutti)",
  "outputs.priorities": "Priorità, 1 la più importante (nessuna: tutte)",
  "outputs.escalated": "Solo gli allarmi che un livello di escalation le dà",
  "outputs.save": "Salvare",
  "outputs.cancel": "Annullare",
  "outputs.made": "Conservare questo ora: non viene mostrato di nuovo.",

  "push.title": "Notifiche",
  "push.about": "Gli allarmi delle sue seggiovie, su questo dispositivo, anche a pagina chiusa.",
  "push.subscribe": "Notificare questo browser",
  "push.subscribed": "Questo browser riceve le notifiche.",
  "push.denied": "Il browser non permette notifiche a questa pagina.",
  "push.unsupported":
    "Questo browser qui non ha notifiche: servono HTTPS, e su iPhone la pagina nella schermata Home.",
  "push.none": "Il servizio non invia nulla ai browser: un amministratore aggiunge l’uscita per questo.",
  "push.since": "dal {at}",
  "push.end": "Terminare",
  "push.endLabel": "Terminare le notifiche di {agent}",
  "push.unknownBrowser": "un programma",
};
