/* The administration: what keeps the service well. */

export const adminSentences = {
  "admin.title": "Administration",
  "admin.all": "All of the administration",
  "admin.peopleHelp": "Who may sign in with a name, and what they may do on which lift.",
  "admin.tokensHelp": "Keys for programs and for screens on walls; each can be taken back at once.",
  "admin.outputsHelp":
    "Where alarms go besides this page: e-mail, webhooks, control rooms. Each can be tested here.",
  "admin.auditHelp": "Who did what, when and from where, and whether that record is whole.",
};
