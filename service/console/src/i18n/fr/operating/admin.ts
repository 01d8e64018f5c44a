/* The administration: what keeps the service well. */

export const adminSentences = {
  "admin.title": "Administration",
  "admin.all": "Toute l’administration",
  "admin.peopleHelp": "Qui peut se connecter par son nom, et ce qu’il peut faire sur quel télésiège.",
  "admin.tokensHelp":
    "Des clés pour les programmes et les écrans muraux\u00a0; chacune peut être retirée aussitôt.",
  "admin.outputsHelp":
    "Où vont les alarmes en plus de cette page\u00a0: e-mail, webhooks, postes de commande. Chaque sortie peut être testée ici.",
  "admin.auditHelp": "Qui a fait quoi, quand et d’où, et si ce registre est intact.",
};
