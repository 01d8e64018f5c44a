/* The service's reasons, which it sends as codes with parameters. */

import type { ArmingReason, Reason } from "../../api/types";

/** Why a carrier or a picture could not be judged. */
export const reasons: Record<Reason, string> = {
  dark: "too dark",
  over_exposed: "over-exposed",
  no_contrast: "no contrast",
  no_structure: "nothing visible but haze or snow",
  damaged: "the stream was damaged",
  not_registered: "the carrier was not recognised in the picture",
  not_seen: "the carrier was not seen",
  not_finite: "the network's answer is not a number",
  camera_frozen: "the camera's picture was frozen",
  lens_covered: "the lens is covered",
  lens_partly_covered: "much of the lens is covered",
  blurred: "the camera's picture is blurred",
  another_view: "the camera shows another view",
  camera_moved: "the camera has moved",
  no_frames: "the camera sent no frames",
  no_carriers: "no carriers are recognised",
  slow_camera: "the camera sends too few pictures",
  too_few_pictures: "too few pictures a second for this line",
  no_pictures: "no picture of the carrier was taken",
  pictures_unusable: "the pictures cannot be judged",
  not_this_lift: "does not look like a carrier of this lift",
  too_close: "too close to call",
  moving: "the bar was still moving as the carrier left",
  no_masks: "no masks are enrolled",
  masks_not_embedded: "the masks are not embedded yet",
  worker_down: "the embedder is down",
  overloaded: "overloaded: too many passages were waiting",
  late: "the embedder did not answer in time",
  failed: "judging failed unexpectedly; the log says why",
  unspecified: "not recorded",
};

const MOVE = "move the camera to the other side, higher or nearer";
const DRAW_ALL = `draw the whole bar, and if no more of it can be seen, ${MOVE}`;
const REDRAW = `${MOVE}, or redraw the mask if it misses the bar`;

/** Why a lift is not armed, and what to do. */
export const notArmed: Record<ArmingReason, { why: string; what: string }> = {
  no_masks: { why: "no masks are enrolled", what: "enrol two masks" },
  masks_not_embedded: { why: "the masks are not embedded yet", what: "wait for the embedder" },
  not_checked: { why: "the masks are being checked", what: "wait a moment" },
  masks_swapped: {
    why:
      "the masks are swapped, or the confirmed pictures are: {open_wrong} of {open} confirmed as open look " +
      "closed, and {closed_wrong} of {closed} confirmed as closed look open",
    what: "look at both, and correct the wrong pair",
  },
  open_bar_below: {
    why:
      "open and closed were taken for each other: the open mask lies {below_px} pixels below the close mask, " +
      "and an open bar hangs higher",
    what: "mark the pictures again, and swap the masks",
  },
  confirmed_misjudged: {
    why:
      "these masks judge {open_right} of {open} confirmed as open and {closed_right} of {closed} confirmed " +
      "as closed correctly",
    what: "check masks, reference pictures and reviews",
  },
  masks_of_another_lift: {
    why:
      "the carriers do not match the masks: another lift's masks, a drawing that misses the bar, or a " +
      "camera that was moved",
    what: "draw the masks on this lift's own picture",
  },
  not_confirmed: {
    why: "confirmed so far: {open} open, {closed} closed",
    what: "give a reference picture of each, or review a carrier of each",
  },
  too_few_passages: { why: "{seen} of {needed} carriers seen", what: "wait for more" },
  one_state_only: {
    why: "{open} open and {closed} closed among {seen} carriers, {needed} of each are needed",
    what: "send a few with the bar in the other position",
  },
  not_measured: {
    why: "the stored pictures of {seen} carriers are not enough to measure the masks",
    what: "wait for more",
  },
  place_uncertain: {
    why: "it is not certain where on the track carriers are: several places fit nearly as well",
    what: "enrol, with the masks, a picture of an open and one of a closed carrier, each lying where they are drawn",
  },
  passages_do_not_part: {
    why: "open and closed carriers do not separate ({overlap:percent1} overlap, less than {needed:percent} needed)",
    what: "check masks and camera, or use a site calibration",
  },
  open_bar_short: {
    why:
      "NO-GO: in the drawings, what tells the open bar from the closed one spans {extent_px:fixed0} pixels, " +
      "less than {needed:fixed0}",
    what: DRAW_ALL,
  },
  closed_bar_short: {
    why:
      "NO-GO: in the drawings, what tells the closed bar from the open one spans {extent_px:fixed0} pixels, " +
      "less than {needed:fixed0}",
    what: DRAW_ALL,
  },
  open_bar_hidden: {
    why:
      "NO-GO: this view does not show the open bar: where it is drawn, open carriers hardly look different " +
      "from closed ones (contrast {strength:fixed1}, {needed:fixed1} needed)",
    what: REDRAW,
  },
  closed_bar_hidden: {
    why:
      "NO-GO: this view does not show the closed bar: where it is drawn, closed carriers hardly look " +
      "different from open ones (contrast {strength:fixed1}, {needed:fixed1} needed)",
    what: REDRAW,
  },
  too_many_unknown: {
    why: "NO-GO: {unknown_share:percent} of {seen:fixed0} carriers are too close to call, more than {needed:percent}",
    what: "move the camera to where both positions of the bar are seen, or use a site calibration",
  },
};
