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
};
