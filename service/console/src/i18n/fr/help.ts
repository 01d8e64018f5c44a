/* One sentence about each thing that has a heading, for whoever asks. */

export const helpSentences = {
  "help.of": "Qu’est-ce que c’est\u00a0: {title}",
  "help.lifts":
    "Chaque tuile est un télésiège, d’abord ceux qui ont besoin de quelqu’un\u00a0; un appui l’ouvre.",
  "help.alarms":
    "Les alarmes les plus récentes, quoi qu’elles soient devenues\u00a0; «\u00a0Toutes les alarmes\u00a0» les a toutes.",
  "help.blind":
    "Tant que l’une d’elles est en cours, personne n’y signale les garde-corps ouverts\u00a0: regardez vous-même.",
  "help.open": "Des sièges partis garde-corps ouvert\u00a0: acquittez ce que vous avez vu et traité.",
  "help.machine":
    "Sur le service lui-même\u00a0: les alarmes arrivent encore, mais il faut réparer quelque chose.",
  "help.why":
    "À quelle distance le siège était d’ouvert et de fermé, et à partir d’où il compte comme l’un ou l’autre.",
  "help.judged":
    "Votre réponse ne change rien maintenant\u00a0; elle dit combien d’alarmes de ce télésiège sont justes.",
  "help.life": "Qui a fait quoi de cette alarme, et quand\u00a0; rien ne peut en être retiré.",
  "help.history":
    "Toutes les alarmes conservées, la plus récente d’abord\u00a0; une page reste telle qu’elle a été lue.",
  "help.figures": "Combien d’alarmes il y a eu, à côté de ce qu’une personne peut supporter.",
  "help.reports":
    "Le bilan d’un poste, d’un jour, d’une semaine ou d’une saison\u00a0; les tableaux ont tous les chiffres des courbes.",
  "help.clip": "Les secondes d’avant et d’après, telles que la caméra les a envoyées.",
  "help.group":
    "Garde-corps ouverts qui se sont suivis sur ce télésiège\u00a0: un appui acquitte ceux montrés ici.",
  "help.pictures":
    "Le siège au début, au milieu et à la fin de son passage\u00a0; les boutons y superposent quelque chose.",
  "help.top": "Ce qui revient le plus souvent mérite d’être réparé d’abord.",
  "help.floods":
    "Les moments où il est venu plus d’alarmes qu’une personne n’en peut suivre\u00a0: dix ou plus en dix minutes.",
  "help.sight":
    "Combien de temps les garde-corps ouverts pouvaient être vus, combien de temps personne ne les aurait vus, et pourquoi.",
  "help.byLift": "Les mêmes chiffres pour chaque télésiège.",
  "help.byPart": "Les mêmes chiffres dans l’ordre du temps\u00a0; les parties dont on ne sait rien manquent.",
  "help.byHour": "Tous les jours ensemble\u00a0: à quelle heure le plus de garde-corps restent ouverts.",
  "help.kinds":
    "Combien d’alarmes de chaque sorte sont venues, et combien de temps elles ont attendu quelqu’un.",
  "help.looked": "Ce qu’ont vu les personnes qui ont regardé à nouveau des sièges de cette période.",
  "help.escalation":
    "Qui une alarme non acquittée appelle, l’un après l’autre, jusqu’à ce que quelqu’un s’en charge.",
  "help.waiting": "Les alarmes que personne n’a acquittées, et l’étape atteinte par chacune.",
  "help.account":
    "Ce qui n’est qu’à vous\u00a0: vos connexions, vos notifications, comment vous montrez qui vous êtes.",
  "help.signIns": "Où vous êtes connecté\u00a0; terminez ce que vous ne connaissez pas.",
  "help.password":
    "Ce qui vous connecte avec votre nom\u00a0; personne ne peut le lire, pas même un administrateur.",
  "help.signIn": "Avec un nom et un mot de passe, ou avec un jeton qu’un administrateur a créé pour vous.",
  "help.admin": "Ce qui garde le service en bon état\u00a0; chaque partie dit à quoi elle sert.",
  "help.findings": "Ce qui ne va pas dans le service lui-même, d’abord ce qui l’aveugle, et que faire.",
  "help.restore": "Pour une nouvelle machine, ou quand les données actuelles sont abîmées.",
  "help.plant": "Ce que la commande du télésiège dit à ce service, et ce que ce service lui dit.",
  "help.review":
    "Des personnes regardent à nouveau des sièges tirés au hasard\u00a0: c’est ainsi qu’on sait ce qui échappe.",
  "help.question":
    "Répondez d’après les images seules\u00a0; ce qu’ont dit le service et les autres n’est pas montré.",
  "help.accuracy":
    "Combien de garde-corps ouverts échappent et combien d’alarmes sont fausses, pour autant qu’on ait regardé.",
  "help.setup":
    "Six étapes de la caméra au télésiège armé\u00a0; tout est gardé, vous pouvez partir et revenir.",
  "help.address":
    "La caméra qui regarde l’embarquement\u00a0; elle montre son image avant que rien ne soit gardé.",
  "help.carriers":
    "Le télésiège doit tourner\u00a0: aux sièges qui passent, le service apprend où ils sont et à quel rythme ils viennent.",
  "help.pick": "De vos choix, le réseau apprend où est le garde-corps de ce télésiège, ouvert et fermé.",
  "help.masks":
    "Les deux dessins disent où est le garde-corps ouvert et fermé\u00a0; chaque siège est comparé aux deux.",
  "help.proof":
    "Seul GO veut dire armé\u00a0: jusque-là, le silence de ce télésiège ne veut pas dire que tout va bien.",
  "help.after":
    "Les masques et trajets précédents sont gardés\u00a0: comparez-en deux, ou revenez à l’un d’eux.",
  "help.own":
    "À quoi ressemblent les sièges de ce télésiège, ouverts et fermés, et un seuil entre eux que vous pouvez utiliser.",
  "help.budget":
    "Choisissez combien de fausses alarmes, ou d’oublis, sont supportables\u00a0; le prix en est montré avant que cela compte.",
  "help.trials":
    "L’autotest prouve qu’un garde-corps ouvert lèverait ici une alarme\u00a0; un candidat est essayé sans rien décider.",
};
