/* What the page says about itself, and signing in. */

export const pageSentences = {
  "page.title": "Barwatch",
  "page.titleCount": "▲ {count} · Barwatch",
  "page.titleLost": "✕ not connected · Barwatch",
  "page.api": "API",
  "page.session": "Session",
  "page.notFound": "There is no such page.",
  "page.back": "Back to the lifts",

  "link.connecting": "connecting",
  "link.lost": "NOT CONNECTED: no alarm arrives here",
  "link.notSignedIn": "not signed in",
  "link.signedOut": "NOT CONNECTED: signed out",
  "link.unreachable": "NOT CONNECTED: the service cannot be reached",

  "watching.none": "No lift is watched: none is enrolled",
  "watching.some": "{watched} of {total} lifts watched",
  "watching.one": "The lift is watched",
  "watching.all": "All {total} lifts are watched",
  "watching.lift": "{name}: {why}",
  "watching.outOfService": "out of service",
  "watching.stand": { one: "{count} alarm stands", other: "{count} alarms stand" },
  "watching.returned": {
    one: "{count} alarm is over and not acknowledged",
    other: "{count} alarms are over and not acknowledged",
  },
  "watching.calm": "no alarm stands",

  "session.title": "Sign in",
  "session.token": "API token",
  "session.help": "An admin makes one with “barwatch token create”.",
  "session.signIn": "Sign in",
  "session.signOut": "Sign out",
  "session.wrongToken": "The token is wrong or was revoked.",
  "session.usedLink": "This link was used already or is too old: sign in with a token.",
  "session.ended": "Signed out: sign in to see alarms.",
  "session.who": "{name} ({role})",

  "reference.failed": "The description cannot be read: {problem}",
  "reference.parameters": "Parameters",
  "reference.body": "Body: {type}",
  "reference.answers": "Answers",
};
