/* The administration: what keeps the service well. */

export const adminSentences = {
  "admin.title": "Amministrazione",
  "admin.all": "Tutta l’amministrazione",
  "admin.peopleHelp": "Chi può accedere con il proprio nome, e che cosa può fare su quale seggiovia.",
  "admin.tokensHelp": "Chiavi per programmi e per schermi a parete; ciascuna può essere ritirata subito.",
  "admin.outputsHelp":
    "Dove vanno gli allarmi oltre a questa pagina: e-mail, webhook, sale di comando. Ogni uscita si può provare qui.",
  "admin.auditHelp": "Chi ha fatto che cosa, quando e da dove, e se questo registro è integro.",
};
