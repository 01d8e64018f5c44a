/* A lift's control: what it tells this service, and what this service tells it. */

import type { Control, LineInput } from "../../../api/types";
import { outputProblems } from "./outputs";

export const plantSentences = {
  "plant.open": "Automate du télésiège",
  "plant.openOf": "Automate du télésiège\u00a0: {name}",
  "plant.title": "{name}\u00a0: l’automate du télésiège",

  "input.title": "Ce que dit l’automate",
  "input.about":
    "Si la ligne tourne, à quelle vitesse, et chaque siège. Cela ne fait que compléter\u00a0: cela ne retient aucune alarme de garde-corps, et n’est pas pris en compte quand c’est ancien ou que la caméra voit autre chose.",
  "input.none": "Rien\u00a0: aucune entrée n’est configurée.",
  "input.from": "{kind} à {host}:{port}",
  "input.followed": "elle est prise en compte",
  "input.doubted": "Douteuse\u00a0: {why}.",
  "input.signal": "Signal",
  "input.where": "Où",
  "input.says": "Dit",
  "input.age": "Reçu",
  "input.at": "{table} {address}",
  "input.ago": "il y a {time}",
  "input.stale": "il y a {time}\u00a0: trop ancien pour compter",
  "input.never": "jamais",
  "input.nothing": "rien",
  "input.runs": "tourne",
  "input.stands": "à l’arrêt",
  "input.speed": "{value:fixed1} m/s",
  "input.carriers": { one: "{count} siège compté", other: "{count} sièges comptés" },
  "input.unseen": {
    one: "{count} des derniers sièges comptés par le capteur n’a pas été vu.",
    other: "{count} des derniers sièges comptés par le capteur n’ont pas été vus.",
  },
  "input.add": "Configurer une entrée",
  "input.change": "Modifier l’entrée",
  "input.changing": "Modifier l’entrée",
  "input.takeAway": "Supprimer l’entrée",
  "input.kind": "Comment joindre l’automate",
  "input.user": "Utilisateur",
  "input.userHelp": "Vide\u00a0: personne ne s’y connecte.",
  "input.userStays": "Vide\u00a0: utilisateur et mot de passe restent inchangés.",
  "input.password": "Mot de passe",
  "input.listen": "Écouter\u00a0: {signal}",
  "input.discrete": "entrée TOR",
  "input.coil": "bobine",
  "input.inputRegister": "registre d’entrée",
  "input.holdingRegister": "registre de maintien",
  "input.save": "Enregistrer l’entrée",
  "input.cancel": "Annuler",

  "control.title": "Ce qui est dit à l’automate",
  "control.about":
    "Une bobine d’un appareil\u00a0: 1 tant que ce service vit et voit le télésiège, 0 dans les deux secondes sinon. Désactivée sauf si un administrateur la propose et qu’un administrateur l’arme\u00a0; les deux montrent qui ils sont.",
  "control.aid": "Ne la laissez jamais remplacer un dispositif de sécurité.",
  "control.off": "Désactivée\u00a0: rien n’est écrit.",
  "control.proposed": "Proposée, rien n’est encore écrit\u00a0:",
  "control.armed": "Armée\u00a0:",
  "control.at": "bobine {coil} de l’unité {unit} à {host}:{port},",
  "control.counter": "avec le compteur dans le registre {counter}.",
  "control.noCounter": "sans compteur\u00a0: l’appareil ne peut pas remarquer une panne du réseau.",
  "control.proposedBy": "proposée par {by}, {time}",
  "control.armedBy": "armée par {by}, {time}",
  "control.until": "à armer avant {time}",
  "control.healthy": "Signal de vie\u00a0: 1 est écrit, en ordre.",
  "control.fallen": "Signal de vie\u00a0: 0, pas en ordre.",
  "control.cannot": "Écriture impossible\u00a0: {why}.",
  "control.propose": "Proposer une sortie",
  "control.proposeOther": "En proposer une autre",
  "control.arm": "Armer ce qui est proposé",
  "control.disarm": "La désactiver",
  "control.withdraw": "Retirer la proposition",
  "control.first": "Première étape\u00a0: proposez où est la bobine",
  "control.firstHelp":
    "Rien n’est encore écrit. La seconde étape l’arme, dans les dix minutes, par le même administrateur ou un autre.",
  "control.falls": "La bobine armée retombe dès qu’une autre est proposée.",
  "control.counterHelp":
    "Un registre de maintien qui compte à chaque écriture. L’appareil doit prendre la bobine pour 0 dès qu’il s’arrête deux secondes.",
  "control.isProposed": "Proposée. Regardez ce qui est écrit ci-dessus, puis armez-la.",
  "control.isArmed": "Armée\u00a0: elle est excitée après cinq secondes où tout est en ordre.",
  "control.isOff": "Désactivée\u00a0: la bobine est retombée.",
};

const inputKinds = { modbus: "Modbus TCP", opcua: "OPC UA", mqtt: "MQTT" };

const inputSignals = { line_running: "Marche", speed: "Vitesse", carrier_pulse: "Sièges" };

const inputTables = {
  discrete: "entrée TOR",
  coil: "bobine",
  input: "registre d’entrée",
  holding: "registre de maintien",
};

/** What each signal has to be there. */
const inputHelp = {
  modbus: {
    line_running: "Un bit qui vaut 1 tant que la ligne tourne.",
    speed: "Un ou deux registres\u00a0; le nombre multiplié par l’échelle donne des mètres par seconde.",
    carrier_pulse: "Des registres qui comptent les sièges et reprennent à 0 quand ils sont pleins.",
  },
  opcua: {
    line_running: "Une variable qui est vraie tant que la ligne tourne.",
    speed: "Une variable\u00a0; son nombre multiplié par l’échelle donne des mètres par seconde.",
    carrier_pulse: "Une variable qui compte les sièges.",
  },
  mqtt: {
    line_running: "Un topic qui dit true, on ou 1 tant que la ligne tourne, à nouveau sous 15 s.",
    speed:
      "Un topic dont le nombre multiplié par l’échelle donne des mètres par seconde, à nouveau sous 15 s.",
    carrier_pulse: "Un topic avec un message par siège, ou avec un nombre qui les compte.",
  },
};

const inputFields: Record<string, string> = {
  address: "Adresse",
  bit: "Bit d’un registre",
  counter: "Le nombre compte les sièges",
  field: "Champ du JSON",
  host: "Hôte",
  inverted: "Inversé\u00a0: 0 en marche",
  node: "Nœud",
  path: "Chemin",
  poll_s: "Secondes entre deux interrogations",
  port: "Port",
  scale: "Échelle vers des mètres par seconde",
  secure: "Chiffré",
  signed: "Peut être négatif",
  table: "Genre d’adresse",
  tls: "Chiffré",
  topic: "Topic",
  unit: "Numéro d’appareil",
  words: "Bits",
};

const controlFields: Record<string, string> = {
  host: "Hôte",
  port: "Port",
  unit: "Numéro d’appareil",
  coil: "Bobine",
  counter: "Registre du compteur",
};

const inputProblems: Record<NonNullable<LineInput["problem_code"]>, string> = {
  ...outputProblems,
  rejected: "refuse ce qui lui est demandé\u00a0: contrôlez les adresses",
  secret_unreadable:
    "son mot de passe n’est plus lisible\u00a0: saisissez à nouveau utilisateur et mot de passe",
  crashed: "ce qui la suit a lui-même une erreur\u00a0: le journal en dit plus",
  nothing_heard: "rien n’a encore été reçu",
};

const coilProblems: Record<NonNullable<Control["problem_code"]>, string> = {
  ...outputProblems,
  rejected: "l’appareil refuse\u00a0: contrôlez les adresses",
  crashed: "ce qui l’écrit a lui-même une erreur\u00a0: le journal en dit plus",
  starting: "ce qui l’écrit démarre",
  process_lost: "ce qui l’écrit s’est perdu, et redémarre",
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
  no_such_secret:
    "Aucun mot de passe n’est conservé sous «\u00a0{name}\u00a0»\u00a0: saisissez utilisateur et mot de passe.",
  secret_of_another_host:
    "Le mot de passe est pour un autre hôte\u00a0: saisissez à nouveau utilisateur et mot de passe.",
  no_proposal: "Cette proposition n’existe plus\u00a0: regardez à nouveau.",
  proposal_expired: "La proposition est trop ancienne\u00a0: proposez à nouveau.",
};
