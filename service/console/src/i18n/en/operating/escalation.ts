/* Alarms that nobody acknowledges. */

export const escalationSentences = {
  "escalation.waits": "Nobody has acknowledged this for {minutes} min: step {step}.",
  "escalation.person": "Now {person} is to look.",
  "escalation.title": "‼ {count} · Barwatch",
  "escalation.sound": "Sound on",
  "escalation.silent": "Alarms that wait for long make a sound once it is switched on here.",
};
