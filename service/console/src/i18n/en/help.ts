/* One sentence about each thing that has a heading, for whoever asks. */

export const helpSentences = {
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
  "help.clip": "The seconds before and after, as the camera sent them.",
  "help.group":
    "Open bars that came one after the other at this lift: one press acknowledges those shown here.",
  "help.pictures":
    "The carrier at the beginning, the middle and the end of its passage; the buttons lay something over it.",
  "help.top": "What comes most often is worth mending first.",
  "help.floods": "Times at which more alarms came than a person can take in: ten or more within ten minutes.",
  "help.sight":
    "For how long open bars could be seen, and for how long nobody could have seen them, and why.",
  "help.byLift": "The same figures for each lift by itself.",
  "help.byPart":
    "The same figures one after the other in time; a part at which nothing was known is left out.",
  "help.byHour": "All days together, to see at which hour most bars stay open.",
  "help.kinds": "How many alarms of each kind came, and how long they waited for somebody.",
  "help.looked": "What people saw when they looked again at carriers of this time.",
  "help.escalation": "Whom an unacknowledged alarm calls, one after the other, until somebody takes it.",
  "help.waiting": "Alarms that nobody has acknowledged, and the step that each has reached.",
  "help.account": "What is yours alone: your sign-ins, your notifications, how you show who you are.",
  "help.signIns": "Where you are signed in; end what you do not know.",
  "help.password": "What you sign in with beside your name; nobody can read it, not even an admin.",
  "help.signIn": "With a name and a password, or with a token that an admin has made for you.",
  "help.admin": "What keeps the service well; each part says what it is for.",
  "help.findings": "What is wrong with the service itself, what blinds it first, and what to do.",
  "help.restore": "For a new machine, or when the present data is damaged.",
  "help.plant": "What the lift’s control tells this service, and what this service tells it.",
  "help.review": "People look again at carriers drawn at random: only so is it known what the lift misses.",
  "help.question": "Answer by the pictures alone; what the service and others said is not shown.",
  "help.accuracy":
    "How many open bars are missed and how many alarms are false, as far as people have looked.",
  "help.setup":
    "Six steps from the camera to a lift that is armed; everything is kept, and you may go away and come back.",
  "help.address":
    "The camera that looks at the boarding station; it shows its picture before anything is kept.",
  "help.carriers":
    "The lift must run: from carriers that pass, the service learns where they hang and how often one comes.",
  "help.pick":
    "From your picks the network learns where this lift’s bar hangs when it is open and when it is closed.",
  "help.masks":
    "The two drawings say where the bar is when open and when closed; each carrier is compared with both.",
  "help.proof": "Only GO means armed: until then, silence from this lift does not mean that all is well.",
  "help.after": "Earlier masks and tracks are kept: compare two of them, or go back to one.",
  "help.own":
    "What this lift’s own carriers look like, open and closed, and a threshold between them that you may use.",
  "help.budget":
    "Choose how many false alarms, or how many misses, are bearable; the price of it is shown before it counts.",
  "help.trials":
    "The self-test proves that an open bar would raise an alarm here; a candidate is tried without deciding anything.",
};
