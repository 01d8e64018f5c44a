/* Drawing masks, seeing whether they work, and their versions. */

/** Why a proposal is to be doubted, and what to do. */
const proposalReasons: Readonly<Record<string, string>> = {
  no_open_bar: "No open bar was found in these carriers: pick others as open, or draw it.",
  no_closed_bar: "No closed bar was found in these carriers: pick others as closed, or draw it.",
  alike: "Both bars come out nearly the same: look at the picks again, or at whether the bar can be seen.",
  swapped: "The open bar hangs below the closed one: were open and closed taken for each other?",
  picks_contradict: "One of the picked carriers looks like the other state: look at the picks again.",
  doubtful: "The lines explain the carriers badly: pick two more of either state, or draw.",
};

/** Why there is no proposal, and what to do. */
const searchProblems: Readonly<Record<string, string>> = {
  worker_down: "The network is not running now: draw the bars, or try again in a moment.",
  pictures_gone: "The carriers' pictures are gone: look at the camera again.",
  no_masks: "There are no earlier masks to carry over.",
  not_registered: "The carriers of before and now do not lie over each other: let the network draw, or draw.",
  no_proposal: "The network can propose nothing here: draw the bars by hand.",
};

export const maskWords = { proposalReasons, searchProblems };

export const maskSentences = {
  "masks.title": "Where is the bar?",
  "masks.what": "Both bars are drawn already. Drag a point where a line misses the bar, in both masks.",
  "masks.hidden":
    "Where the bar is hidden behind seat or riders, draw it on to where it must be: the whole bar, as if nothing were before it.",
  "masks.proposing": "The network draws both bars …",
  "masks.otherPicks":
    "Other carriers are picked by now: let the network draw again, or go on with these lines.",
  "masks.which": "Which mask",
  "masks.of.open": "Open mask",
  "masks.of.close": "Closed mask",
  "masks.otherPicture": "Other carrier",
  "masks.tools": "Tools",
  "masks.undo": "Undo",
  "masks.redo": "Redo",
  "masks.addPoint": "Add point",
  "masks.removePoint": "Remove point",
  "masks.draw": "Draw a line",
  "masks.removeLine": "Remove line",
  "masks.thinner": "Thinner",
  "masks.wider": "Wider",
  "masks.zoomIn": "Zoom in",
  "masks.zoomOut": "Zoom out",
  "masks.ghost": "Show other mask",
  "masks.import": "Import PNG",
  "masks.propose": "Let the network draw again",
  "masks.carry": "Carry over masks v{version}",
  "masks.point": "Point {number} of line {line}",
  "masks.where": "{x:fixed0} to the right, {y:fixed0} down",
  "masks.use": "Use these masks",
  "masks.enrolling": "The masks are being taken in …",
  "masks.empty": "Both masks need a line.",
  "masks.elsewhere":
    "These masks were changed in another window while you drew here. Nothing is kept before you choose.",
  "masks.theirs": "Take the other window's",
  "masks.mine": "Keep mine",
  "masks.begunAnew": "The set-up was begun anew meanwhile: these lines are not kept.",
  "masks.kept": "Kept.",
  "masks.keeping": "Being kept …",

  "proof.title": "Does it see?",
  "proof.what": "The next carriers, with both masks over them. Tap what each one is: right, or the other.",
  "proof.none": "No carrier was judged by these masks yet. The next ones appear here.",
  "proof.says.go": "GO",
  "proof.says.wait": "WAIT",
  "proof.says.no_go": "NO-GO",
  "proof.why": "{why}: {what}.",
  "proof.armed": "The lift is armed: silence from it means that all is well.",
  "proof.blind": "The lift is not watched now: {why}. Until it is, silence from it means nothing.",
  "proof.carrier": "Carrier {number}: {verdict}, {seat}",
  "proof.answer": "Carrier {number} is: {state}",
  "proof.right": "✓ {state}",
  "proof.wrong": "{state}",

  "after.title": "Versions",
  "after.masks": "Masks",
  "after.tracks": "Tracks",
  "after.version": "v{version}, {time}",
  "after.active": "in use",
  "after.compare": "Compare",
  "after.compareWith": "Compare: {kind} v{version}",
  "after.back": "Go back to it",
  "after.backTo": "Go back: {kind} v{version}",
  "after.done": "Done: version {version} is in use.",
  "after.admin": "Only an admin goes back to earlier masks; going back to a track takes its masks along.",
  "after.maskPicture": "Masks v{version}",
  "after.trackPicture": "Track v{version}",
  "after.noPicture": "No picture is kept of it.",
  "after.moved": "Was the camera moved? Look again; the present masks can be carried over.",
  "after.again": "Find the track again",
};
