/* The administration: what keeps the service well. */

export const adminSentences = {
  "admin.title": "Verwaltung",
  "admin.all": "Die ganze Verwaltung",
  "admin.peopleHelp": "Wer sich mit Namen anmelden darf, und was er an welcher Bahn tun darf.",
  "admin.tokensHelp":
    "Schlüssel für Programme und für Bildschirme an der Wand; jeder lässt sich sofort zurücknehmen.",
  "admin.outputsHelp":
    "Wohin Alarme außer auf diese Seite gehen: E-Mail, Webhooks, Leitstände. Jeder Ausgang lässt sich hier prüfen.",
  "admin.auditHelp": "Wer was getan hat, wann und von wo, und ob diese Aufzeichnung unversehrt ist.",
};
