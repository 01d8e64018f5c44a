/* The administration: what keeps the service well. */

import type { KeptClassName, ProcessKind, RecordState, SystemFinding } from "../../../api/types";

export const adminSentences = {
  "admin.title": "Administration",
  "admin.all": "Toute l’administration",
  "admin.peopleHelp": "Qui peut se connecter par son nom, et ce qu’il peut faire sur quel télésiège.",
  "admin.tokensHelp":
    "Des clés pour les programmes et les écrans muraux\u00a0; chacune peut être retirée aussitôt.",
  "admin.outputsHelp":
    "Où vont les alarmes en plus de cette page\u00a0: e-mail, webhooks, postes de commande. Chaque sortie peut être testée ici.",
  "admin.auditHelp": "Qui a fait quoi, quand et d’où, et si ce registre est intact.",
  "admin.healthHelp":
    "Ce qui demande quelqu’un maintenant, et l’état des caméras, du disque, de l’horloge et des files d’attente.",
  "admin.modelsHelp": "Quel réseau juge, d’où il vient, ce qui juge à l’essai, et le retour en arrière.",
  "admin.keepingHelp":
    "Combien de temps images, alarmes et relevés sont gardés, et si les personnes y sont masquées.",
  "admin.backupsHelp":
    "Des copies de tout\u00a0: en faire une, la vérifier, l’emporter, la remettre en place.",
  "admin.recordsHelp":
    "La preuve quotidienne que le chemin jusqu’à l’alarme fonctionne pour chaque télésiège, avec sa signature.",

  "health.title": "État du service",
  "health.findings": "Ce qui demande quelqu’un",
  "health.well": "Le service lui-même n’a aucun problème.",
  "health.confirmClock": "L’heure est juste maintenant",
  "health.cameras": "Caméras",
  "health.camerasHelp":
    "Les images arrivent à un rythme régulier et ont moins d’une seconde\u00a0; une image perdue arrivait trop tard pour le processeur.",
  "health.noCamera": "Aucune caméra n’est surveillée.",
  "health.fps": "{fps} images par seconde",
  "health.age": "la dernière il y a {age}",
  "health.frames": "{read} lues, {dropped} perdues",
  "health.keyFrames": "ligne à l’arrêt : images clés seulement",
  "health.reached": { one: "connectée une fois", other: "connectée {count} fois" },
  "health.restarted": { one: "redémarré une fois", other: "redémarré {count} fois" },
  "health.processes": "Processus",
  "health.processesHelp":
    "Chaque caméra et le réseau tournent à part\u00a0: une panne n’arrête pas les autres et se relance d’elle-même.",
  "health.pid": "numéro {pid}",
  "health.machine": "Disque, base de données, horloge",
  "health.machineHelp":
    "Sans place aucune alarme ne peut être gardée\u00a0; avec une horloge fausse rien d’ancien n’est effacé.",
  "health.disk": "Place sur le disque",
  "health.free": "{free} libres sur {total}",
  "health.reserve": "Réservé aux alarmes",
  "health.database": "Base de données",
  "health.damaged": "Enregistrements abîmés",
  "health.time": "Heure retenue",
  "health.jump": "L’horloge du système est décalée de",
  "health.noJump": "rien",
  "health.zone": "Fuseau horaire",
  "health.computes": "Le réseau calcule sur",
  "health.backup": "Dernière sauvegarde",
  "health.never": "aucune",
  "health.queues": "Ce qui attend",
  "health.queuesHelp":
    "Les files sont proches de zéro tant que la machine suit\u00a0; ce qui est refusé est compté, jamais perdu en silence.",
  "health.writes": "Pour la base de données",
  "health.pictures": "Images pour le réseau",
  "health.waits": "{waiting} en attente, {refused} refusées",
  "health.versions": "Versions",
  "health.versionsHelp": "À indiquer à qui vous aide.",
  "health.network": "Réseau",
  "health.tables": "Tables de la base",
  "health.system": "Système",

  "models.title": "Modèles",
  "models.judging": "Ce qui juge",
  "models.judgingHelp":
    "Un réseau abîmé ou étranger est refusé au démarrage\u00a0; ces empreintes disent lequel tourne.",
  "models.identity": "Identité",
  "models.origin": "Origine",
  "models.promoted": "adopté ici, à la place de celui qui est livré",
  "models.fixed": "désigné par BARWATCH_MODEL\u00a0: aucun autre ne peut être adopté",
  "models.ships": "celui qui est livré avec cette version",
  "models.folder": "Son dossier",
  "models.digest": "Empreinte de tout ce qui décide",
  "models.file": "Empreinte de son fichier",
  "models.signed": "Signature",
  "models.isSigned": "signé par la clé exigée",
  "models.notSigned": "non exigée (BARWATCH_MODEL_PUBLIC_KEY)",
  "models.trained": "Entraîné avec",
  "models.calibrated": "Étalonné avec",
  "models.band": "Probabilité d’ouvert",
  "models.bandOf": "fermé jusqu’à {closed}, ouvert dès {open}",
  "models.golden": "Sièges enregistrés à juger comme avant",
  "models.measured": "Ce qui en a été mesuré",
  "models.atWork": "À l’essai et adoptés",
  "models.atWorkHelp":
    "Ce qui est à l’essai ne décide rien. Sur la page du télésiège, on compare, on adopte, on revient en arrière.",
  "models.noneAtWork": "Rien\u00a0: chaque télésiège est jugé avec ses réglages d’origine.",
  "models.compared": {
    one: "{count} siège comparé, {differ} jugé autrement",
    other: "{count} sièges comparés, {differ} jugés autrement",
  },

  "keeping.title": "Conservation et vie privée",
  "keeping.classes": "Ce qui est gardé, et combien de temps",
  "keeping.classesHelp":
    "Pour changer une durée, réglez la variable indiquée là où le service tourne, puis relancez-le. C’est noté dans le journal.",
  "keeping.forGood": "pour toujours",
  "keeping.days": { one: "gardé {count} jour", other: "gardé {count} jours" },
  "keeping.oldest": "le plus ancien du {at}",
  "keeping.paused": "Rien d’ancien n’est effacé tant que l’horloge est douteuse\u00a0: voir État du service.",
  "keeping.sizes": "Combien du disque",
  "keeping.sizesHelp": "Compté fichier par fichier quand quelqu’un regarde, au plus tous les quarts d’heure.",
  "keeping.counting": "Les fichiers sont comptés …",
  "keeping.privacy": "Les personnes sur les images",
  "keeping.privacyHelp":
    "BARWATCH_PRIVACY décide pour tous\u00a0; la valeur `privacy` d’un télésiège (PUT /lifts/ID) passe avant. Ce qui est déjà stocké reste tel quel.",
  "keeping.hidden": "les personnes sont masquées",
  "keeping.shown": "les personnes sont visibles",
  "keeping.own": "par son propre réglage",
  "keeping.noClips": "pas de vidéo d’alarme",
  "keeping.clips": {
    one: "vidéos d’alarmes pendant {count} jour",
    other: "vidéos d’alarmes pendant {count} jours",
  },

  "backups.title": "Sauvegardes",
  "backups.plan": {
    one: "Chaque jour à {hour}\u00a0; {count} est gardée, dans {folder}. Une copie sur un autre disque survit à celui-ci.",
    other:
      "Chaque jour à {hour}\u00a0; {count} sont gardées, dans {folder}. Une copie sur un autre disque survit à celui-ci.",
  },
  "backups.noPlan": "Aucune n’est faite d’elle-même (BARWATCH_BACKUP_HOUR)\u00a0; elles sont dans {folder}.",
  "backups.make": "Sauvegarder maintenant",
  "backups.making": "Une sauvegarde est en cours\u00a0; la surveillance continue.",
  "backups.verifying": "Une sauvegarde est relue en entier.",
  "backups.done": "C’est fait.",
  "backups.failed": "Échec\u00a0: {problem}",
  "backups.none": "Il n’y en a pas encore.",
  "backups.checkedWhenMade": "vérifiée à sa création",
  "backups.whole": "intacte, vérifiée {at}",
  "backups.damaged": "ABÎMÉE, constaté {at}\u00a0: prenez-en une autre",
  "backups.verify": "Vérifier",
  "backups.verifyLabel": "Vérifier {name}",
  "backups.take": "Télécharger",
  "backups.takeLabel": "Télécharger {name}",
  "backups.restore": "Remettre une sauvegarde en place",
  "backups.restoreHelp":
    "Arrêtez le service, lancez ceci là où il tourne, puis redémarrez-le. Avec Docker Compose, mettez «\u00a0docker compose run --rm -T --no-deps\u00a0» devant. L’existant est mis de côté, jamais écrasé.",

  "records.title": "Autotests",
  "records.about":
    "Chaque relevé est signé par cette installation et cité par le journal\u00a0: nul ne peut en changer ou en ôter un sans que cela se voie.",
  "records.none": "Aucun télésiège n’a encore été testé.",
  "records.of": "{lift}, test {number}",

  "check.title": "Tout est-il intact\u00a0?",
  "check.about":
    "Chaque entrée, ligne, image et signature est suivie, à part et sans hâte. Gardez ailleurs la tête ci-dessous\u00a0: elle montre ce qui aurait été coupé.",
  "check.now": "Vérifier maintenant",
  "check.running": "Vérification en cours depuis {at}.",
  "check.never": "Jamais vérifié en entier ici.",
  "check.whole":
    "Intact jusqu’à l’entrée {until}\u00a0: {rows} lignes et images concordent. Vérifié {at} par {by}.",
  "check.broken":
    "ROMPU, suivi jusqu’à l’entrée {until} ({rows} lignes et images), {at} par {by}. Appelez qui gère le service\u00a0; ne changez rien.",
  "check.failed": "Vérification impossible\u00a0: {problem}",
};

const findings: Record<SystemFinding, string> = {
  part_fails: "Une partie du service est en panne\u00a0: {part}.",
  embedder_down: "Le réseau ne répond pas\u00a0: aucun siège n’est jugé.",
  device_lost: "Le processeur graphique est perdu\u00a0; le processeur principal calcule.",
  database_refuses: "La base de données refuse\u00a0: {reason}",
  records_damaged: "{count} enregistrements sont illisibles.",
  writes_wait: "{count} écritures attendent le disque.",
  disk_full: "Le disque est plein\u00a0: {free} libres. Aucune alarme ne peut être gardée.",
  disk_low: "Peu de place sur le disque\u00a0: {free} libres. Plus aucune image n’est gardée.",
  clock_jumped: "L’horloge du système a sauté de {by}.",
  camera_not_live: "{lift}\u00a0: {state}.",
  camera_drops: "{lift}\u00a0: {share} des images arrivent trop tard.",
  output_fails: "La sortie {name} ne délivre pas.",
  output_set_aside: "{name} a refusé {count} messages définitivement.",
  no_backup: "Il n’y a pas encore de sauvegarde.",
  backup_old: "La dernière sauvegarde date de {age}.",
  backups_off: "Aucune sauvegarde ne se fait d’elle-même.",
};

const findingAdvice: Record<SystemFinding, string> = {
  part_fails: "Elle se relance d’elle-même\u00a0; si cela dure des minutes, redémarrez le service.",
  embedder_down: "Surveillez vous-même\u00a0; il se relance seul, sinon redémarrez le service.",
  device_lost: "Cela marche, plus lentement\u00a0: redémarrez la machine à une heure calme.",
  database_refuses:
    "Les alarmes sont montrées, pas gardées\u00a0: faites de la place, puis voyez le journal du service.",
  records_damaged: "Ils sont laissés de côté. Vérifiez une sauvegarde et le disque.",
  writes_wait: "Le disque est lent ou occupé\u00a0: voyez ce qui l’utilise.",
  disk_full: "Supprimez ou déplacez aussitôt des fichiers étrangers à Barwatch.",
  disk_low: "Faites de la place, ou raccourcissez la conservation.",
  clock_jumped: "Réglez-la, puis appuyez sur le bouton. D’ici là rien d’ancien n’est effacé.",
  camera_not_live:
    "Surveillez vous-même ce télésiège\u00a0; vérifiez câble, courant et adresse de la caméra.",
  camera_drops: "La machine ne suit pas\u00a0: une image plus petite ou moins d’images de la caméra aident.",
  output_fails: "Les alarmes l’attendent sans se perdre\u00a0: testez-la sous Sorties.",
  output_set_aside: "Décidez sous Sorties\u00a0: renvoyer ou laisser de côté.",
  no_backup: "Faites-en une sous Sauvegardes.",
  backup_old: "Voyez pourquoi sous Sauvegardes, et faites-en une.",
  backups_off: "Réglez BARWATCH_BACKUP_HOUR, sauf si un autre programme sauvegarde le dossier.",
};

const processKinds: Record<ProcessKind, string> = {
  main: "Le service",
  embedder: "Le réseau",
  camera: "Caméra",
  helper: "Auxiliaires",
};

const keptClasses: Record<KeptClassName, string> = {
  passages: "Sièges passés",
  pictures: "Sièges avec images",
  alarms: "Garde-corps ouverts",
  health_alarms: "Autres alarmes",
  reviews: "Sièges revus",
  clips: "Vidéos d’alarmes",
  held: "Gardées comme preuve",
  self_tests: "Autotests",
  audit: "Entrées du journal",
};

const keptFolders = {
  database: "Base de données",
  pictures: "Images",
  clips: "Vidéos d’alarmes",
  setup: "Mises en service",
  learnt: "Appris des lignes",
  models: "Autres modèles",
  backups: "Sauvegardes",
};

const recordStates: Record<RecordState, string> = {
  signed: "Signé, et dans le journal",
  not_signed: "AUCUNE PREUVE\u00a0: la signature ne correspond pas",
  other_key: "AUCUNE PREUVE\u00a0: signé par une autre clé",
  changed: "AUCUNE PREUVE\u00a0: modifié après signature",
  not_in_audit: "AUCUNE PREUVE\u00a0: le journal en cite un autre",
};

export const adminWords = { findings, findingAdvice, processKinds, keptClasses, keptFolders, recordStates };
