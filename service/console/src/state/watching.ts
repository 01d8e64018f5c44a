/* What the page may claim: which lifts are watched, which are not and why, and which alarms stand. */

import type { Alarm, AlarmKind, CameraStatus, Glance, Lift, Reason } from "../api/types";
import { fill, fitting, t, worded, words } from "../i18n/text";

/** What of a lift says whether it is watched: of a whole lift, or at a glance. */
export type Watched = Pick<
  Lift & Glance,
  | "id"
  | "name"
  | "armed"
  | "not_armed"
  | "mask_version"
  | "not_watched"
  | "not_watched_code"
  | "out_of_service"
> & { camera_status: Pick<CameraStatus, "state" | "cause" | "message" | "parameters"> | null };

/** While one of these stands at a lift, its carriers are not judged, or not all of them. */
const BLIND: ReadonlySet<AlarmKind> = new Set<AlarmKind>([
  "camera_lost",
  "camera_frozen",
  "view_changed",
  "low_visibility",
  "worker_down",
  "lift_unknown_rate",
  "lift_invalid",
  "overloaded",
]);

/** The cause of an open bar's alarm where nobody can tell whether anybody sits there. */
const SEAT_UNCLEAR = "seat_unclear";

/** What has happened, not conditions: done once somebody has acknowledged it. */
const MOMENTS: ReadonlySet<AlarmKind> = new Set<AlarmKind>(["bar_open", "service_down"]);

/** Whether nobody has acknowledged an alarm, be its condition over or not. */
export const isUnseen = ({ state }: Alarm): boolean => state === "active" || state === "returned";

/** Whether an alarm still says something: a condition that is not over, or what nobody has acknowledged. */
export function stands(alarm: Alarm): boolean {
  if (alarm.state === "cleared") return false;
  return !MOMENTS.has(alarm.kind) || alarm.state !== "acknowledged";
}

/** What has happened, in a word or two; an open bar with an unclear seat is said to be one. */
export function kindOf(alarm: { kind: AlarmKind; cause: string }): string {
  if (alarm.kind === "bar_open" && alarm.cause === SEAT_UNCLEAR) return t("alarms.seatUnclear");
  return worded(words.alarmKinds, alarm.kind, alarm.kind);
}

/** What is wrong with a camera, with its numbers; "" where nothing is. */
export const troubleOf = ({
  cause,
  message,
  parameters,
}: Pick<CameraStatus, "cause" | "message" | "parameters">): string =>
  message && fitting(words.troubles[cause as Reason], worded(words.causes, cause, message), parameters);

/** Why this lift's carriers are not being judged now, in words; null when they are. */
export function whyNotWatched(lift: Watched, standing: readonly Alarm[]): string | null {
  const status = lift.camera_status;
  // Degraded for want of time, or for a process that died: it is not the camera, and nobody needs to climb to it.
  if (lift.not_watched_code === "camera_degraded" && status?.cause) return troubleOf(status);
  if (lift.not_watched_code) {
    return worded(words.notWatched, lift.not_watched_code, lift.not_watched ?? lift.not_watched_code);
  }
  const alarm = standing.find(
    ({ kind, lift_id: place, state }) =>
      BLIND.has(kind) && state !== "returned" && (place === lift.id || place === null),
  );
  if (alarm) return worded(words.causes, alarm.cause, kindOf(alarm));
  if (!status?.message) return null;
  return worded(words.causes, status.cause, status.message); // said before its alarm is due
}

/** Why this lift may not say that all is well, in words, and what to do; null where it is armed, or not watched. */
export function whyNotArmed(lift: Watched): { why: string; short: string; long: string } | null {
  if (lift.armed || !lift.mask_version) return null;
  const found = lift.not_armed;
  if (!found) return { why: "", short: t("lifts.notArmed"), long: t("lifts.notArmed") };
  const text = words.notArmed[found.reason];
  if (!text) return { why: found.message, short: t("lifts.notArmed"), long: found.message }; // a reason of a later version
  const why = fill(text.why, found.parameters);
  const what = fill(text.what, found.parameters);
  return { why, short: t("lifts.notArmedWhy", { why }), long: t("lifts.notArmedWhyWhat", { why, what }) };
}

/** Of more lifts than these the line at the top says how many; each of their tiles says what is wrong. */
const NAMED = 3;

/** The line at the top. `calm` only where every lift is watched and armed, and nothing stands. */
export function summary(
  lifts: readonly Watched[],
  standing: readonly Alarm[],
): { calm: boolean; text: string } {
  const known = new Set(lifts.map((lift) => lift.id));
  const blind: { id: string; name: string; why: string }[] = [];
  for (const lift of lifts) {
    const why = whyNotWatched(lift, standing);
    if (why !== null) blind.push({ id: lift.id, name: lift.name, why });
  }
  const watched = lifts.length - blind.length;
  // A lift whose configuration cannot be read is not among the lifts: its alarm alone tells of it.
  for (const { kind, lift_id: place, state } of standing) {
    if (kind === "lift_invalid" && state !== "returned" && place !== null && !known.has(place)) {
      blind.push({ id: place, name: place, why: t("watching.outOfService") });
    }
  }
  const total = watched + blind.length;
  const parts: string[] = [];
  if (!total) parts.push(t("watching.none"));
  else if (blind.length) {
    parts.push(t("watching.some", { watched, total }));
  } else parts.push(total === 1 ? t("watching.one") : t("watching.all", { total }));
  const unarmed = lifts.flatMap((lift) => {
    const why = whyNotArmed(lift);
    return why ? [{ id: lift.id, name: lift.name, why: why.short }] : [];
  });
  const out = new Map(lifts.filter((lift) => lift.out_of_service).map(({ id, name }) => [id, name]));
  const outOfService = [...out].map(([id, name]) => ({ id, name, why: "" }));
  const all = [...blind, ...unarmed, ...outOfService];
  const troubled = all.filter(({ id }, at) => all.findIndex((other) => other.id === id) === at);
  // That a person took a lift out of service is said whatever else is so, and takes nothing else's place.
  const said = ({ id, name, why }: (typeof all)[number]): string =>
    out.has(id)
      ? t(why ? "watching.liftOutWhy" : "watching.liftOut", { name, why })
      : t("watching.lift", { name, why });
  parts.push(...troubled.slice(0, NAMED).map(said));
  if (troubled.length > NAMED) parts.push(t("watching.more", { count: troubled.length - NAMED }));
  const calm = !out.size && watched > 0 && !blind.length && !unarmed.length && !standing.length;
  const returned = standing.filter(({ state }) => state === "returned").length;
  const present = standing.length - returned;
  if (present) parts.push(t("watching.stand", { count: present }));
  if (returned) parts.push(t("watching.returned", { count: returned }));
  if (calm) parts.push(t("watching.calm"));
  return { calm, text: parts.join(" · ") };
}
