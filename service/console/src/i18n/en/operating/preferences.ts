/* How somebody wants the page: its language, its colours, its keys. */

export const preferenceSentences = {
  "preferences.title": "This page",
  "preferences.language": "Language",
  "preferences.byBrowser": "As the browser is set",
  "preferences.theme": "Colours",
  "preferences.as.system": "As the system is set",
  "preferences.as.light": "Light",
  "preferences.as.dark": "Dark",

  "shortcuts.title": "Keyboard shortcuts",
  "shortcuts.everywhere": "Everywhere",
  "shortcuts.list": "Show this list",
  "shortcuts.close": "Close what has opened",
  "shortcuts.answer": "Answer, by the letter or number on the button",
  "shortcuts.move": "Move a point",
  "shortcuts.moveFar": "Move it ten times as far",
  "shortcuts.single": "Single letters do something",
  "shortcuts.done": "Close",

  "help.of": "What is this: {title}",
  "help.lifts": "Each tile is a lift, those that need somebody first; a press opens the lift.",
  "help.alarms": "The newest alarms, whatever has become of them; “All alarms” has every one.",
  "help.blind": "While one of these stands, nobody is told of open bars there: look yourself.",
  "help.open": "Carriers that left with the bar open: acknowledge what you have seen and acted on.",
  "help.machine": "About the service itself: alarms still arrive, but something needs repair.",
  "help.why":
    "How near the carrier was to open and to closed, and from where on it counts as one or the other.",
  "help.judged": "Your answer changes nothing now; it says how often the alarms of this lift are right.",
  "help.life": "Who did what with this alarm, and when; nothing of it can be taken away.",
  "help.history":
    "Every alarm that is kept, the newest first; a page stays as it was read while others come.",
  "help.figures": "How many alarms there were, beside what one operator can bear.",
  "help.reports":
    "What a shift, a day, a week or a season came to; the tables have every number of the plots.",
};
