/* What a call is refused for while a lift is set up, and what to do. */

/** Of a camera's address and password. */
export const addressRefusals = {
  address_invalid:
    "Ce n’est pas l’adresse d’une caméra\u00a0: elle commence par rtsp, rtsps, http ou https, et nomme un hôte.",
  address_refused: "Le service ne peut pas appeler cette adresse.",
  file_not_allowed:
    "Un fichier du serveur ne peut pas être surveillé ici\u00a0: saisissez l’adresse d’une caméra.",
  secret_in_address:
    "Un mot de passe ne doit pas figurer dans l’adresse\u00a0: saisissez-le plus bas, sous Utilisateur et Mot de passe.",
  service_variable: "Une variable du service lui-même ne doit pas être envoyée à une caméra.",
  variable_not_allowed: "La variable {name} n’est pas pour cette caméra\u00a0: renommez-la en {wanted}.",
  outside_camera_networks:
    "L’adresse {address} n’est dans aucun réseau permis aux caméras. Adressez-vous à l’exploitant du service.",
  variable_not_set: "La variable {name} n’est pas définie là où le service tourne.",
  user_in_address:
    "Il y a un utilisateur dans l’adresse et aussi un mot de passe conservé\u00a0: retirez l’utilisateur.",
  not_a_cameras_address: "Aucune caméra n’a une telle adresse.",
  key_unusable:
    "Le service ne peut pas chiffrer les mots de passe\u00a0: sa clé manque ou est endommagée. Adressez-vous à l’exploitant.",
  no_such_secret:
    "Aucun mot de passe n’est conservé sous «\u00a0{name}\u00a0». Saisissez utilisateur et mot de passe.",
  secret_unreadable:
    "Le mot de passe «\u00a0{name}\u00a0» n’est plus lisible. Saisissez à nouveau utilisateur et mot de passe.",
  secret_of_another_host:
    "Le mot de passe «\u00a0{name}\u00a0» est pour une autre caméra. Saisissez utilisateur et mot de passe.",
  secret_in_use:
    "Le mot de passe «\u00a0{name}\u00a0» est utilisé par {lifts}\u00a0: modifiez d’abord leurs caméras.",
  probe_running: "Une autre caméra est en cours d’examen\u00a0: réessayez dans quelques secondes.",
};

/** Of a picture that is handed over. */
const pictureRefusals = {
  empty_file: "Le fichier est vide\u00a0: choisissez une image JPEG ou PNG.",
  not_a_picture: "Ceci est {kind}\u00a0: choisissez une image JPEG ou PNG.",
  picture_damaged: "L’image est endommagée\u00a0: enregistrez-la à nouveau.",
  picture_too_large:
    "L’image est trop grande ({width}×{height})\u00a0: enregistrez-la plus petite, à 8 bits par canal.",
  picture_too_costly: "L’image est trop longue à lire\u00a0: enregistrez-la à nouveau, plus petite.",
  busy: "Le service lit beaucoup d’images\u00a0: réessayez dans quelques secondes.",
  openid_unusable:
    "Les réglages du fournisseur de connexion sont inutilisables\u00a0: adressez-vous à l’exploitant du service.",
  too_many_feeds: "Trop de pages suivent les alarmes\u00a0: fermez-en quelques-unes.",
  picture_animated: "L’image est animée\u00a0: enregistrez une image fixe.",
  file_appended: "Un autre fichier suit l’image\u00a0: enregistrez l’image à nouveau.",
  size_without_track:
    "L’image est en {width}×{height}\u00a0: il faut 200×200 tant que le télésiège n’a pas de trajet.",
  wrong_size: "L’image est en {width}×{height}\u00a0: il faut 200×200 ou {camera_width}×{camera_height}.",
  too_large: "Le fichier est trop grand.",
  not_a_form: "Le service n’a pas reçu de formulaire.",
  no_length: "Le service n’a pas reçu la longueur de ce qui a été envoyé.",
};

/** Of two masks. */
const maskRefusals = {
  mask_empty: "Le masque «\u00a0{which}\u00a0» est vide\u00a0: dessinez-y le garde-corps.",
  mask_full:
    "Le masque «\u00a0{which}\u00a0» est presque plein ({share:percent})\u00a0: dessinez le garde-corps seul, blanc sur noir.",
  masks_alike:
    "Les deux masques sont presque pareils (à {share:percent})\u00a0: dessinez le garde-corps ouvert dans l’un, le fermé dans l’autre.",
  masks_alike_to_network:
    "Les deux masques sont pareils pour le réseau\u00a0: dessinez le garde-corps ouvert dans l’un, le fermé dans l’autre.",
  masks_swapped:
    "Les masques sont intervertis, ou les sièges choisis le sont\u00a0: revoyez les choix, puis quel masque est lequel.",
  background_not_plain:
    "Le fond n’est pas uni\u00a0: dessinez le garde-corps seul, blanc sur noir, et enregistrez en PNG.",
};

/** Of what is not there, or no longer. */
const gone = {
  no_lift: "Ce télésiège n’existe plus.",
  no_proposal: "Cette proposition n’existe pas\u00a0: quelqu’un l’a modifiée. Regardez à nouveau.",
  proposal_expired: "La proposition est trop ancienne. Proposez à nouveau.",
  no_setup: "Ce télésiège n’a pas de configuration\u00a0: commencez par l’adresse de la caméra.",
  no_camera: "Saisissez d’abord l’adresse de la caméra.",
  no_track: "Aucun trajet n’a encore été trouvé.",
  no_track_version: "Le trajet v{version} n’existe plus.",
  no_mask_version: "Les masques v{version} n’existent plus.",
  no_masks: "Ce télésiège n’a pas encore de masques\u00a0: dessinez-les.",
  no_such_carrier: "Le siège {number} n’est plus là\u00a0: regardez à nouveau les images.",
  no_picture: "Aucune image n’en est conservée.",
  no_picture_yet: "Il n’y a pas encore d’image.",
  no_masks_proposed: "Aucun masque n’a encore été proposé.",
  nothing_drawn: "Rien n’a encore été dessiné.",
  pictures_gone: "Les images des sièges ont disparu\u00a0: regardez à nouveau la caméra.",
  recording_gone: "L’enregistrement a été supprimé après une semaine. Regardez à nouveau la caméra.",
};

/** Of a site calibration that cannot be used or tried. */
export const calibrationRefusals = {
  no_calibration: "Le calibrage v{version} n’existe plus.",
  calibration_active: "Le télésiège est déjà évalué avec ce calibrage.",
  calibration_of_another_track: "Ce calibrage est d’un trajet antérieur\u00a0: attendez-en un nouveau.",
  calibration_of_other_masks: "Ce calibrage est des masques v{mask_version}, qui ne sont pas utilisés.",
};

/** Of a budget that a lift cannot have. */
export const budgetRefusals = {
  budget_too_few_passages:
    "Trop tôt\u00a0: {seen} sièges ont été évalués comme le télésiège l’est maintenant. Un budget en demande {needed}.",
  budget_too_few_open: "Trop tôt\u00a0: {seen} sièges ouverts ont été vus. Un budget en demande {needed}.",
  budget_too_few_reviewed:
    "Vérifiez plus de sièges\u00a0: {seen} sont vérifiés jusqu’ici. Un budget en demande {needed}.",
  budget_too_few_for_wish:
    "Si peu ne peut pas être promis à partir de {seen} sièges\u00a0: il en faut {needed}.",
  budget_cannot_be_met:
    "Sièges ouverts et fermés se ressemblent trop pour cela sur ce télésiège\u00a0: {best:fixed1} est le minimum.",
  budget_too_many_missed:
    "Jusqu’à {missed:fixed0} sièges ouverts sur 1 000 pourraient alors être manqués\u00a0: plus de {most:fixed0} n’est pas permis.",
  budget_more_than_accepted:
    "Jusqu’à {missed:fixed0} sièges ouverts sur 1 000 pourraient être manqués maintenant, plus que les {most:fixed0} acceptés\u00a0: choisissez à nouveau le budget.",
  budget_too_many_false_alarms:
    "{false_alarms:fixed0} fausses alarmes viendraient par jour\u00a0: personne n’en entend plus de {most:fixed0}.",
};

export const setupRefusals = {
  ...addressRefusals,
  ...pictureRefusals,
  ...maskRefusals,
  ...gone,
  ...calibrationRefusals,
  setup_running: "Ce télésiège est déjà en cours de configuration\u00a0: attendez, ou annulez-la.",
  setups_running: "D’autres télésièges sont en cours de configuration. Attendez qu’ils soient finis.",
  setup_exists: "Ce télésiège a déjà été configuré.",
  setup_not_ready: "Ce n’est pas encore fini.",
  no_space: "Le disque du service est plein.",
  off_the_path: "Les sièges n’y passent pas. Tirez-le le long de la ligne.",
  too_short_a_way: "Le début et la fin sont trop proches. Écartez-les.",
  picks_missing: "Choisissez d’abord au moins un siège ouvert et un siège fermé.",
  other_size:
    "Les images de la caméra avaient alors une autre taille\u00a0: configurez à nouveau le télésiège.",
  other_carriers: "Les sièges ont été redécoupés entre-temps\u00a0: regardez à nouveau les images.",
  drawn_elsewhere: "Ces masques ont été dessinés dans une autre fenêtre entre-temps.",
  changed_elsewhere:
    "Quelqu’un d’autre a modifié ceci entre-temps, et c’est ce qui est affiché\u00a0: regardez-le, puis enregistrez de nouveau si besoin.",
  other_id: "L’identifiant du télésiège ne peut pas être modifié.",
  no_bar_maps: "Ce réseau ne peut pas proposer de masques\u00a0: dessinez les garde-corps à la main.",
  no_prior: "Ce réseau ne peut pas être calibré pour un télésiège.",
  not_registered:
    "Les sièges d’avant et de maintenant ne se superposent pas\u00a0: laissez le réseau dessiner, ou dessinez.",
  changed_meanwhile: "Cela vient de changer\u00a0: demandez à nouveau.",
  held: "C’est conservé comme preuve.",
};
