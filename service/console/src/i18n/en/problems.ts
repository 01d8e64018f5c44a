/* Why a call failed, by the code of its problem (RFC 9457). */

import { budgetRefusals, calibrationRefusals, setupRefusals } from "./codes/refusals";
import { outputRefusals } from "./delivery/outputs";
import { plantRefusals } from "./delivery/plant";
import { peopleRefusals } from "./people";
import { reviewRefusals } from "./trials/reviews";
import { trialRefusals } from "./trials/trials";

export const problems: Readonly<Record<string, string>> = {
  ...setupRefusals,
  ...peopleRefusals,
  ...budgetRefusals,
  ...calibrationRefusals,
  ...outputRefusals,
  ...plantRefusals,
  ...trialRefusals,
  ...reviewRefusals,
  already_at_work: "wait for what is being done to end",
  no_backup: "this backup does not exist any more",
  backup_with_keys: "this backup holds keys: it never leaves by the network",
  not_reached: "the service cannot be reached",
  unauthorized: "you are not signed in any more",
  forbidden: "your role does not allow this",
  not_found: "this does not exist any more",
  too_many_requests: "too many attempts from this address: wait half a minute",
  service_unavailable: "the service cannot do this now: try again in a moment",
  store_unavailable: "the service cannot store anything now: try again in a moment",
  evidence_unreachable: "the shared store of pictures and clips does not answer: try again in a moment",
  no_leader: "no service watches now: another one takes over, try again in a moment",
  worker_down: "the network is not running now: try again in a moment",
  late: "the network did not answer in time: try again in a moment",
  no_clip: "there is no video",
  clip_expired: "the video was kept for its time, or made room for newer ones",
  clip_deleted: "somebody had the video deleted",
  clip_missing: "the video's file is gone",
  damaged: "what is stored of it is damaged; the service's log says more",
  acknowledge_first: "a critical alarm is acknowledged before it is shelved",
  shelved_for_too_long: "it was shelved for 24 hours in all: acknowledge it again first",
  expiry_invalid: "this end is past, or too far ahead",
  no_reason: "a reason is needed",
  no_text: "some text is needed",
  not_in_this_state: "it has changed meanwhile: look again",
  in_service: "the lift is in service",
  no_group: "these alarms do not exist any more",
  invalid_request: "the service does not take this value",
  span_invalid: "the beginning must lie before the end, at most {days} days",
  internal_server_error: "the service failed; its log says why",
};
