/* Outputs: their kinds, their state, what is wrong with them, and what they are set up with. */

import type { OutputProblem, OutputState } from "../../../api/types";

const outputStates: Record<OutputState, string> = {
  off: "désactivée",
  starting: "démarre",
  live: "transmet",
  behind: "en retard",
  failing: "ne transmet pas",
};

export const outputProblems: Record<OutputProblem, string> = {
  no_such_host: "cet hôte n’existe pas",
  forbidden_address: "cette adresse ne peut pas être appelée\u00a0: adressez-vous à l’exploitant du service",
  refused: "personne n’y écoute",
  unreachable: "injoignable",
  timed_out: "ne répond pas à temps",
  tls_failed: "son certificat n’est pas de confiance, ou elle ne parle pas chiffré",
  wrong_password: "l’utilisateur ou le mot de passe est faux",
  rejected: "n’accepte pas ce qui est envoyé ({status})",
  redirected: "elle est ailleurs maintenant",
  closed: "elle a fermé la connexion",
  secret_unreadable: "son mot de passe n’est plus lisible\u00a0: saisissez-le à nouveau",
  misconfigured: "son réglage {where} est inutilisable",
  store_unavailable: "la base de données ne répond pas",
  in_use: "son port est pris",
  crashed: "elle a elle-même une erreur\u00a0: le journal en dit plus",
};

/** By kind; of one that a later service has, the kind itself is shown. */
const outputKinds: Record<string, string> = {
  email: "E-mail",
  modbus: "Serveur Modbus TCP",
  mqtt: "MQTT (Home Assistant, Node-RED)",
  opcua: "Serveur OPC UA",
  web_push: "Notifications dans les navigateurs",
  webhook: "Webhook",
};

const outputFields: Record<string, string> = {
  acknowledge: "Les clients peuvent acquitter des alarmes",
  anonymous: "D’autres peuvent lire sans se connecter",
  contact: "À qui écrit un service push (mailto:…)",
  every_s: "Secondes entre deux e-mails",
  host: "Hôte",
  language: "Langue\u00a0: en, fr, de ou it\u00a0; vide\u00a0: celle du service",
  networks: "Réseaux autorisés à se connecter, séparés par des virgules",
  password: "Mot de passe",
  port: "Port",
  security: "Chiffrement\u00a0: starttls, tls ou none",
  sender: "De",
  tls: "Chiffré",
  to: "À, séparés par des virgules",
  topic: "Topic",
  url: "Adresse",
  user: "Utilisateur",
};

export const outputWords = { outputStates, outputProblems, outputKinds, outputFields };

export const outputRefusals = {
  output_exists: "Il y a déjà une sortie {name}.",
  no_output: "Cette sortie n’existe plus.",
  no_such_kind: "Le service n’a pas ce type de sortie.",
  no_such_output_secret: "Ce type de sortie n’a pas de {name}.",
  output_forbidden_address:
    "Cette adresse ne peut pas être appelée\u00a0: adressez-vous à l’exploitant du service.",
  output_misconfigured: "Le réglage {where} est inutilisable.",
  no_push: "Le service n’envoie rien aux navigateurs.",
  push_needs_owner: "Connectez-vous par nom ou jeton\u00a0: un lien ne peut pas s’abonner.",
  no_push_service: "Le service push de ce navigateur n’est pas parmi ceux autorisés.",
  no_push_keys: "Ce navigateur n’a pas donné de clés utilisables.",
  too_many_subscriptions: "Trop de navigateurs sont abonnés\u00a0: mettez fin à certains.",
  no_subscription: "Ce navigateur n’est plus abonné.",
};

export const outputSentences = {
  "outputs.title": "Sorties",
  "outputs.about":
    "Ce qui transmet les alarmes à d’autres systèmes. Chacune est désactivée jusqu’à ce qu’on l’active.",
  "outputs.says": "{kind} · {state}",
  "outputs.lag": { one: "{count} alarme attend", other: "{count} alarmes attendent" },
  "outputs.setAside": { one: "{count} refusée et mise de côté", other: "{count} refusées et mises de côté" },
  "outputs.again": "Renvoyer",
  "outputs.againLabel": "Renvoyer ce que {name} a refusé",
  "outputs.leaveOut": "Laisser de côté",
  "outputs.leaveOutLabel": "Laisser de côté pour de bon ce que {name} a refusé",
  "outputs.delivered": "dernière transmission {at}",
  "outputs.lastError": "{problem} ({at})",
  "outputs.test": "Tester",
  "outputs.testLabel": "Tester {name}",
  "outputs.works": "{name}\u00a0: le test est arrivé.",
  "outputs.fails": "{name}\u00a0: {problem}.",
  "outputs.enabled": "Activée",
  "outputs.on": "Activer",
  "outputs.onLabel": "Activer {name}",
  "outputs.off": "Désactiver",
  "outputs.offLabel": "Désactiver {name}",
  "outputs.change": "Modifier",
  "outputs.changeLabel": "Modifier {name}",
  "outputs.delete": "Supprimer",
  "outputs.deleteLabel": "Supprimer {name}",
  "outputs.add": "Ajouter une sortie",
  "outputs.changing": "Modifier {name}",
  "outputs.kind": "Type",
  "outputs.name": "Nom",
  "outputs.secretStays": "Vide\u00a0: reste inchangé.",
  "outputs.lifts": "Télésièges (aucun\u00a0: tous)",
  "outputs.kinds": "Alarmes (aucune\u00a0: toutes)",
  "outputs.priorities": "Priorités, 1 la plus importante (aucune\u00a0: toutes)",
  "outputs.escalated": "Seulement les alarmes qu’une étape de l’escalade lui donne",
  "outputs.save": "Enregistrer",
  "outputs.cancel": "Annuler",
  "outputs.made": "Conservez ceci maintenant\u00a0: ce n’est plus affiché ensuite.",

  "push.title": "Notifications",
  "push.about": "Les alarmes de vos télésièges, sur cet appareil, même page fermée.",
  "push.subscribe": "Notifier ce navigateur",
  "push.subscribed": "Ce navigateur est notifié.",
  "push.denied": "Le navigateur n’autorise pas les notifications de cette page.",
  "push.unsupported":
    "Ce navigateur n’a pas de notifications ici\u00a0: il faut HTTPS, et sur iPhone la page sur l’écran d’accueil.",
  "push.none":
    "Le service n’envoie rien aux navigateurs\u00a0: un administrateur ajoute la sortie pour cela.",
  "push.since": "depuis {at}",
  "push.end": "Terminer",
  "push.endLabel": "Terminer les notifications de {agent}",
  "push.unknownBrowser": "un programme",
};
