/* A lift's control: what it tells this service, and what this service tells it. */

import type { Control, LineInput } from "../../../api/types";
import { outputProblems } from "./outputs";

export const plantSentences = {
  "plant.open": "Comando della seggiovia",
  "plant.openOf": "Comando della seggiovia: {name}",
  "plant.title": "{name}: il comando della seggiovia",

  "input.title": "Ciò che dice il comando",
  "input.about":
    "Se l’impianto è in marcia, a che velocità, e ogni seggiola. Aggiunge solo conoscenza: non trattiene alcun allarme di una barra, e non viene considerato quando è vecchio o la telecamera vede altro.",
  "input.none": "Nulla: nessun ingresso è configurato.",
  "input.from": "{kind} a {host}:{port}",
  "input.followed": "viene considerato",
  "input.doubted": "Dubbio: {why}.",
  "input.signal": "Segnale",
  "input.where": "Dove",
  "input.says": "Dice",
  "input.age": "Ricevuto",
  "input.at": "{table} {address}",
  "input.ago": "{time} fa",
  "input.stale": "{time} fa: troppo vecchio per contare",
  "input.never": "mai",
  "input.nothing": "nulla",
  "input.runs": "in marcia",
  "input.stands": "ferma",
  "input.speed": "{value:fixed1} m/s",
  "input.carriers": { one: "{count} seggiola contata", other: "{count} seggiole contate" },
  "input.unseen": {
    one: "{count} delle ultime seggiole contate dal sensore non è stata vista.",
    other: "{count} delle ultime seggiole contate dal sensore non sono state viste.",
  },
  "input.add": "Configurare un ingresso",
  "input.change": "Modificare l’ingresso",
  "input.changing": "Modificare l’ingresso",
  "input.takeAway": "Togliere l’ingresso",
  "input.kind": "Come si raggiunge il comando",
  "input.user": "Utente",
  "input.userHelp": "Vuoto: lì nessuno accede.",
  "input.userStays": "Vuoto: utente e password restano come sono.",
  "input.password": "Password",
  "input.listen": "Ascoltare: {signal}",
  "input.discrete": "ingresso digitale",
  "input.coil": "coil",
  "input.inputRegister": "registro di ingresso",
  "input.holdingRegister": "holding register",
  "input.save": "Salvare l’ingresso",
  "input.cancel": "Annullare",

  "control.title": "Ciò che si dice al comando",
  "control.about":
    "Una coil di un dispositivo: 1 finché questo servizio vive e vede la seggiovia, 0 entro due secondi quando non è così. Disattivata finché un amministratore non la propone e un amministratore non la arma; entrambi mostrano chi sono.",
  "control.aid": "Non lasciarle mai sostituire un dispositivo di sicurezza.",
  "control.off": "Disattivata: non si scrive nulla.",
  "control.proposed": "Proposta, non si scrive ancora nulla:",
  "control.armed": "Armata:",
  "control.at": "coil {coil} dell’unità {unit} a {host}:{port},",
  "control.counter": "con il contatore nel registro {counter}.",
  "control.noCounter": "senza contatore: il dispositivo non può accorgersi di una rete guasta.",
  "control.proposedBy": "proposta da {by}, {time}",
  "control.armedBy": "armata da {by}, {time}",
  "control.until": "da armare entro {time}",
  "control.healthy": "Segnale di vita: si scrive 1, in ordine.",
  "control.fallen": "Segnale di vita: 0, non in ordine.",
  "control.cannot": "Non può essere scritta: {why}.",
  "control.propose": "Proporre un’uscita",
  "control.proposeOther": "Proporne un’altra",
  "control.arm": "Armare ciò che è proposto",
  "control.disarm": "Disattivarla",
  "control.withdraw": "Ritirare la proposta",
  "control.first": "Primo passo: proporre dov’è la coil",
  "control.firstHelp":
    "Non si scrive ancora nulla. Il secondo passo la arma, entro dieci minuti, da parte dello stesso o di un altro amministratore.",
  "control.falls": "La coil armata cade appena se ne propone un’altra.",
  "control.counterHelp":
    "Un holding register che conta a ogni scrittura. Il dispositivo deve considerare la coil 0 quando resta fermo per due secondi.",
  "control.isProposed": "Proposta. Guardare ciò che sta sopra, poi armarla.",
  "control.isArmed": "Armata: si eccita dopo cinque secondi in cui tutto è in ordine.",
  "control.isOff": "Disattivata: la coil è caduta.",
};

const inputKinds = { modbus: "Modbus TCP", opcua: "OPC UA", mqtt: "MQTT" };

const inputSignals = { line_running: "Marcia", speed: "Velocità", carrier_pulse: "Seggiole" };

const inputTables = {
  discrete: "ingresso digitale",
  coil: "coil",
  input: "registro di ingresso",
  holding: "holding register",
};

/** What each signal has to be there. */
const inputHelp = {
  modbus: {
    line_running: "Un bit che vale 1 finché l’impianto è in marcia.",
    speed: "Uno o due registri; il numero moltiplicato per la scala dà metri al secondo.",
    carrier_pulse: "Registri che contano le seggiole e ricominciano da 0 quando sono pieni.",
  },
  opcua: {
    line_running: "Una variabile che è vera finché l’impianto è in marcia.",
    speed: "Una variabile; il suo numero moltiplicato per la scala dà metri al secondo.",
    carrier_pulse: "Una variabile che conta le seggiole.",
  },
  mqtt: {
    line_running: "Un topic che dice true, on o 1 finché l’impianto è in marcia, di nuovo entro 15 s.",
    speed: "Un topic il cui numero moltiplicato per la scala dà metri al secondo, di nuovo entro 15 s.",
    carrier_pulse: "Un topic con un messaggio per ogni seggiola, o con un numero che le conta.",
  },
};

const inputFields: Record<string, string> = {
  address: "Indirizzo",
  bit: "Bit di un registro",
  counter: "Il numero conta le seggiole",
  field: "Campo del JSON",
  host: "Host",
  inverted: "Invertito: 0 in marcia",
  node: "Nodo",
  path: "Percorso",
  poll_s: "Secondi tra due interrogazioni",
  port: "Porta",
  scale: "Scala verso metri al secondo",
  secure: "Cifrato",
  signed: "Può essere negativo",
  table: "Tipo di indirizzo",
  tls: "Cifrato",
  topic: "Topic",
  unit: "Numero del dispositivo",
  words: "Bit",
};

const controlFields: Record<string, string> = {
  host: "Host",
  port: "Porta",
  unit: "Numero del dispositivo",
  coil: "Coil",
  counter: "Registro del contatore",
};

const inputProblems: Record<NonNullable<LineInput["problem_code"]>, string> = {
  ...outputProblems,
  rejected: "rifiuta ciò che gli si chiede: controllare gli indirizzi",
  secret_unreadable: "la sua password non è più leggibile: inserire di nuovo utente e password",
  crashed: "ciò che lo segue ha un errore suo: il registro dice di più",
  nothing_heard: "non è ancora stato ricevuto nulla",
};

const coilProblems: Record<NonNullable<Control["problem_code"]>, string> = {
  ...outputProblems,
  rejected: "il dispositivo la rifiuta: controllare gli indirizzi",
  crashed: "ciò che la scrive ha un errore suo: il registro dice di più",
  starting: "ciò che la scrive è in avvio",
  process_lost: "ciò che la scrive è andato perso, e viene riavviato",
};

export const plantWords = {
  inputKinds,
  inputSignals,
  inputTables,
  inputHelp,
  inputFields,
  inputProblems,
  controlFields,
  coilProblems,
};

export const plantRefusals = {
  no_such_secret: "Nessuna password è conservata come «{name}»: inserire utente e password.",
  secret_of_another_host: "La password è per un altro host: inserire di nuovo utente e password.",
  no_proposal: "Questa proposta non esiste più: guardare di nuovo.",
  proposal_expired: "La proposta è troppo vecchia: proporre di nuovo.",
};
