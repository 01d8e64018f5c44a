/* What the page may claim: which lifts are watched, which are not and why, and which alarms stand. */

import { KIND } from "./kinds.js";

// While one of these stands at a lift, its carriers are not judged, or not all of them.
const BLIND = new Set([
  "camera_lost", "camera_frozen", "view_changed", "low_visibility", "worker_down", "lift_unknown_rate",
  "lift_invalid", "overloaded",
]);

// What has happened, not conditions: done once somebody has acknowledged it.
const MOMENTS = new Set(["bar_open", "service_down"]);

/** An alarm that still says something: a condition that is not over, or a moment that nobody has acknowledged. */
export function stands(alarm) {
  if (alarm.state === "cleared") return false;
  return !MOMENTS.has(alarm.kind) || alarm.state !== "acknowledged";
}

/** Why this lift's carriers are not being judged now, in words; null when they are. */
export function whyNotWatched(lift, standing) {
  if (lift.not_watched) return lift.not_watched; // as /health/ready says it
  const alarm = standing.find(({ kind, lift_id: place }) => BLIND.has(kind) && (place === lift.id || place === null));
  if (alarm) return alarm.cause.replaceAll("_", " ") || (KIND[alarm.kind] ?? alarm.kind).toLowerCase();
  return lift.camera_status?.message || null; // covered, dark, frozen: said before its alarm is due
}

/** Why this lift may not say that all is well, in words; null where it is armed. Without masks it is not watched. */
export function whyNotArmed(lift) {
  return lift.armed || !lift.mask_version ? null : (lift.not_armed?.message ?? "not armed");
}

/** The line at the top. `calm` only where every lift is watched and armed, and nothing stands. */
export function summary(lifts, standing) {
  const known = new Set(lifts.map((lift) => lift.id));
  const blind = lifts
    .map((lift) => ({ name: lift.name, why: whyNotWatched(lift, standing) }))
    .filter(({ why }) => why !== null);
  const watched = lifts.length - blind.length;
  // A lift whose configuration cannot be read is not among the lifts: its alarm alone tells of it.
  for (const { kind, lift_id: place } of standing) {
    if (kind === "lift_invalid" && !known.has(place)) blind.push({ name: place, why: "out of service" });
  }
  const total = watched + blind.length;
  const parts = [];
  if (!total) parts.push("No lift is watched: none is enrolled");
  else if (blind.length) parts.push(`${watched} of ${total} lifts watched`, ...blind.map(({ name, why }) => `${name}: ${why}`));
  else parts.push(total === 1 ? "The lift is watched" : `All ${total} lifts are watched`);
  const unarmed = lifts.map((lift) => ({ name: lift.name, why: whyNotArmed(lift) })).filter(({ why }) => why !== null);
  parts.push(...unarmed.map(({ name, why }) => `${name}: ${why.split(";")[0]}`));
  const count = standing.length;
  const calm = watched > 0 && !blind.length && !unarmed.length && !count;
  if (count) parts.push(count === 1 ? "1 alarm stands" : `${count} alarms stand`);
  else if (calm) parts.push("no alarm stands");
  return { calm, text: parts.join(" · ") };
}
