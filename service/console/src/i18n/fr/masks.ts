/* Drawing masks, seeing whether they work, and their versions. */

/** Why a proposal is to be doubted, and what to do. */
const proposalReasons: Readonly<Record<string, string>> = {
  no_open_bar:
    "Aucun garde-corps ouvert n’a été trouvé sur ces sièges\u00a0: choisissez-en d’autres comme ouverts, ou dessinez-le.",
  no_closed_bar:
    "Aucun garde-corps fermé n’a été trouvé sur ces sièges\u00a0: choisissez-en d’autres comme fermés, ou dessinez-le.",
  alike:
    "Les deux garde-corps sortent presque pareils\u00a0: revoyez les choix, ou si le garde-corps est visible.",
  swapped: "Le garde-corps ouvert pend sous le fermé\u00a0: ouvert et fermé ont-ils été confondus\u00a0?",
  picks_contradict: "L’un des sièges choisis ressemble à l’autre état\u00a0: revoyez les choix.",
  doubtful:
    "Les lignes expliquent mal les sièges\u00a0: choisissez-en deux de plus de chaque état, ou dessinez.",
};

/** Why there is no proposal, and what to do. */
const searchProblems: Readonly<Record<string, string>> = {
  worker_down:
    "Le réseau de neurones est arrêté\u00a0: dessinez les garde-corps, ou réessayez dans un moment.",
  pictures_gone: "Les images des sièges ont disparu\u00a0: regardez à nouveau la caméra.",
  no_masks: "Il n’y a pas de masques antérieurs à reprendre.",
  not_registered:
    "Les sièges d’avant et de maintenant ne se superposent pas\u00a0: laissez le réseau dessiner, ou dessinez.",
  no_proposal: "Le réseau ne peut rien proposer ici\u00a0: dessinez les garde-corps à la main.",
};

export const maskWords = { proposalReasons, searchProblems };

export const maskSentences = {
  "masks.title": "Où est le garde-corps\u00a0?",
  "masks.what":
    "Les deux garde-corps sont déjà dessinés. Tirez un point là où une ligne manque le garde-corps, dans les deux masques.",
  "masks.hidden":
    "Là où le garde-corps est caché par le siège ou les passagers, prolongez-le jusqu’où il doit être\u00a0: le garde-corps entier, comme si rien n’était devant.",
  "masks.proposing": "Le réseau dessine les deux garde-corps …",
  "masks.otherPicks":
    "D’autres sièges sont choisis entre-temps\u00a0: laissez le réseau redessiner, ou gardez ces lignes.",
  "masks.which": "Quel masque",
  "masks.of.open": "Masque ouvert",
  "masks.of.close": "Masque fermé",
  "masks.otherPicture": "Autre siège",
  "masks.tools": "Outils",
  "masks.undo": "Annuler",
  "masks.redo": "Rétablir",
  "masks.addPoint": "Ajouter un point",
  "masks.removePoint": "Retirer le point",
  "masks.draw": "Tracer une ligne",
  "masks.removeLine": "Retirer la ligne",
  "masks.thinner": "Plus fin",
  "masks.wider": "Plus large",
  "masks.zoomIn": "Agrandir",
  "masks.zoomOut": "Réduire",
  "masks.ghost": "Montrer l’autre masque",
  "masks.import": "Importer un PNG",
  "masks.propose": "Laisser le réseau redessiner",
  "masks.carry": "Reprendre les masques v{version}",
  "masks.point": "Point {number} de la ligne {line}",
  "masks.where": "{x:fixed0} vers la droite, {y:fixed0} vers le bas",
  "masks.use": "Utiliser ces masques",
  "masks.enrolling": "Les masques sont en cours de reprise …",
  "masks.empty": "Il faut une ligne dans les deux masques.",
  "masks.elsewhere":
    "Ces masques ont été modifiés dans une autre fenêtre pendant que vous dessiniez ici. Rien n’est conservé avant votre choix.",
  "masks.theirs": "Prendre ceux de l’autre fenêtre",
  "masks.mine": "Garder les miens",
  "masks.begunAnew":
    "La configuration a été recommencée entre-temps\u00a0: ces lignes ne sont pas conservées.",
  "masks.kept": "Conservé.",
  "masks.keeping": "Enregistrement …",

  "proof.title": "Voit-il\u00a0?",
  "proof.what":
    "Les prochains sièges, avec les deux masques par-dessus. Touchez ce qu’est chacun\u00a0: juste, ou l’autre.",
  "proof.none": "Aucun siège n’a encore été évalué avec ces masques. Les prochains apparaissent ici.",
  "proof.says.go": "GO",
  "proof.says.wait": "ATTENDRE",
  "proof.says.no_go": "NO-GO",
  "proof.why": "{why}\u00a0: {what}.",
  "proof.armed": "Le télésiège est armé\u00a0: son silence signifie que tout va bien.",
  "proof.blind": "Le télésiège n’est pas surveillé\u00a0: {why}. D’ici là, son silence ne signifie rien.",
  "proof.carrier": "Siège {number}\u00a0: {verdict}, {seat}",
  "proof.answer": "Le siège {number} est\u00a0: {state}",
  "proof.right": "✓ {state}",
  "proof.wrong": "{state}",

  "after.title": "Versions",
  "after.masks": "Masques",
  "after.tracks": "Trajets",
  "after.version": "v{version}, {time}",
  "after.active": "utilisée",
  "after.compare": "Comparer",
  "after.compareWith": "Comparer\u00a0: {kind} v{version}",
  "after.back": "Y revenir",
  "after.backTo": "Revenir\u00a0: {kind} v{version}",
  "after.done": "Fait\u00a0: la version {version} est utilisée.",
  "after.admin":
    "Seul un administrateur revient à d’anciens masques\u00a0; revenir à un trajet emporte ses masques.",
  "after.maskPicture": "Masques v{version}",
  "after.trackPicture": "Trajet v{version}",
  "after.noPicture": "Aucune image n’en est conservée.",
  "after.moved":
    "La caméra a-t-elle bougé\u00a0? Regardez à nouveau\u00a0; les masques actuels peuvent être repris.",
  "after.again": "Rechercher le trajet",
};
