/* What a call is refused for while a lift is set up, and what to do. */

/** Of a camera's address and password. */
export const addressRefusals = {
  address_invalid:
    "This is no camera's address: it begins with rtsp, rtsps, http or https, and names a host.",
  address_refused: "The service may not dial this address.",
  file_not_allowed: "A file of the server cannot be watched here: type a camera's address.",
  secret_in_address: "A password must not stand in the address: type it below, under User and Password.",
  service_variable: "A variable of the service itself must not be sent to a camera.",
  variable_not_allowed: "The variable {name} is not for this camera: rename it to {wanted}.",
  outside_camera_networks:
    "The address {address} is in no network that cameras may be in. Ask who runs the service.",
  variable_not_set: "The variable {name} is not set where the service runs.",
  user_in_address: "There is a user in the address and a stored password as well: take the user out of it.",
  not_a_cameras_address: "No camera has such an address.",
  key_unusable: "The service cannot encrypt passwords: its key is missing or damaged. Ask who runs it.",
  no_such_secret: "No password is stored as “{name}”. Type user and password.",
  secret_unreadable: "The password “{name}” can no longer be read. Type user and password again.",
  secret_of_another_host: "The password “{name}” is for another camera. Type user and password.",
  secret_in_use: "The password “{name}” is used by {lifts}: change their cameras first.",
  probe_running: "Another camera is being looked at: try again in a few seconds.",
};

/** Of a picture that is handed over. */
const pictureRefusals = {
  empty_file: "The file is empty: choose a JPEG or PNG picture.",
  not_a_picture: "This is {kind}: choose a JPEG or PNG picture.",
  picture_damaged: "The picture is damaged: save it anew.",
  picture_too_large: "The picture is too large ({width}×{height}): save it smaller, with 8 bits a channel.",
  picture_too_costly: "The picture takes too long to read: save it anew, smaller.",
  busy: "The service is reading many pictures: try again in a few seconds.",
  openid_unusable: "The settings of the sign-in provider cannot be used: ask who runs the service.",
  too_many_feeds: "Too many pages follow the alarms: close some of them.",
  picture_animated: "The picture is animated: save one still picture.",
  file_appended: "Another file hangs behind the picture: save the picture anew.",
  size_without_track: "The picture is {width}×{height}: 200×200 is needed while the lift has no track.",
  wrong_size: "The picture is {width}×{height}: 200×200 or {camera_width}×{camera_height} is needed.",
  too_large: "The file is too large.",
  not_a_form: "The service did not get a form.",
  no_length: "The service did not get the length of what was sent.",
};

/** Of two masks. */
const maskRefusals = {
  mask_empty: "The {which} mask is empty: draw the bar into it.",
  mask_full: "The {which} mask is nearly full ({share:percent}): draw the bar alone, white on black.",
  masks_alike:
    "Both masks are nearly the same ({share:percent} of them): draw the open bar in one, the closed in the other.",
  masks_alike_to_network:
    "Both masks look the same to the network: draw the open bar in one, the closed bar in the other.",
  masks_swapped:
    "The masks are swapped, or the picked carriers are: look at the picks, then at which mask is which.",
  background_not_plain:
    "The background is not one colour: draw the bar alone, white on black, and save it as PNG.",
};

/** Of what is not there, or no longer. */
const gone = {
  no_lift: "This lift does not exist any more.",
  no_proposal: "There is no such proposal: somebody has changed it. Look again.",
  proposal_expired: "The proposal is too old. Propose it again.",
  no_setup: "This lift has no set-up: begin with the camera's address.",
  no_camera: "Type the camera's address first.",
  no_track: "No track was found yet.",
  no_track_version: "There is no track v{version} any more.",
  no_mask_version: "There are no masks v{version} any more.",
  no_masks: "This lift has no masks yet: draw them.",
  no_such_carrier: "Carrier {number} is not there any more: look at the pictures again.",
  no_picture: "No picture is kept of it.",
  no_picture_yet: "There is no picture yet.",
  no_masks_proposed: "No masks were proposed yet.",
  nothing_drawn: "Nothing was drawn yet.",
  pictures_gone: "The carriers' pictures are gone: look at the camera again.",
  recording_gone: "The recording was deleted after a week. Look at the camera again.",
};

/** Of a site calibration that cannot be used or tried. */
export const calibrationRefusals = {
  no_calibration: "There is no calibration v{version} any more.",
  calibration_active: "The lift is judged by this calibration already.",
  calibration_of_another_track: "This calibration is of an earlier track: wait for a new one.",
  calibration_of_other_masks: "This calibration is of masks v{mask_version}, which are not in use.",
};

/** Of a budget that a lift cannot have. */
export const budgetRefusals = {
  budget_too_few_passages:
    "Too early: {seen} carriers were judged as the lift is judged now. A budget takes {needed}.",
  budget_too_few_open: "Too early: {seen} open carriers were seen. A budget takes {needed}.",
  budget_too_few_reviewed: "Review more carriers: {seen} are reviewed so far. A budget takes {needed}.",
  budget_too_few_for_wish: "So little cannot be promised from {seen} carriers: it takes {needed}.",
  budget_cannot_be_met:
    "Open and closed carriers look too much alike on this lift for that: {best:fixed1} is the least.",
  budget_too_many_missed:
    "Up to {missed:fixed0} of 1,000 open carriers might be missed then: more than {most:fixed0} are not allowed.",
  budget_more_than_accepted:
    "Up to {missed:fixed0} of 1,000 open carriers might be missed now, more than the {most:fixed0} that were accepted: choose the budget again.",
  budget_too_many_false_alarms:
    "{false_alarms:fixed0} false alarms a day would come: nobody hears more than {most:fixed0}.",
};

export const setupRefusals = {
  ...addressRefusals,
  ...pictureRefusals,
  ...maskRefusals,
  ...gone,
  ...calibrationRefusals,
  setup_running: "This lift is being set up already: wait, or cancel it.",
  setups_running: "Other lifts are being set up. Wait until they are done.",
  setup_exists: "This lift was set up already.",
  setup_not_ready: "It is not finished yet.",
  no_space: "The service's disk is full.",
  off_the_path: "Carriers do not pass there. Drag it along the line.",
  too_short_a_way: "Begin and end are too close together. Drag them apart.",
  picks_missing: "Pick at least one open and one closed carrier first.",
  other_size: "The camera's pictures were of another size then: set the lift up anew.",
  other_carriers: "The carriers were cut out anew meanwhile: look at the pictures again.",
  drawn_elsewhere: "These masks were drawn in another window meanwhile.",
  changed_elsewhere:
    "Somebody else changed this meanwhile, and it is shown now: look at it, then save again if you still want to.",
  other_id: "The lift's id cannot be changed.",
  no_bar_maps: "This network cannot propose masks: draw the bars by hand.",
  no_prior: "This network cannot be calibrated for a lift.",
  not_registered: "The carriers of before and now do not lie over each other: let the network draw, or draw.",
  changed_meanwhile: "It has just changed: ask again.",
  held: "It is held as evidence.",
};
