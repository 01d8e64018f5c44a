/* The carriers' way through the picture: places on it by progress, 0 at begin and 1 at end. */

import type { Track } from "../api/types";

export interface Place {
  x: number;
  y: number;
}

/** How far begin and end may be moved beyond what was found. */
export const BEYOND = 0.45;

/** Where a carrier is at a progress; straight on beyond either end. */
export function placeAt({ begin, middle, end }: Track, progress: number): Place {
  const [from, to, part] = progress < 0.5 ? [begin, middle, progress * 2] : [middle, end, progress * 2 - 1];
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

/** The progress of the place on the way that is nearest to a point, within what is allowed. */
export function progressNear(track: Track, { x, y }: Place): number {
  const halves = [
    { from: track.begin, to: track.middle, low: -2 * BEYOND, high: 1, start: 0 },
    { from: track.middle, to: track.end, low: 0, high: 1 + 2 * BEYOND, start: 0.5 },
  ];
  let best = { progress: 0, distance: Number.POSITIVE_INFINITY };
  for (const { from, to, low, high, start } of halves) {
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const square = dx * dx + dy * dy || 1;
    const part = Math.min(high, Math.max(low, ((x - from.x) * dx + (y - from.y) * dy) / square));
    const distance = Math.hypot(x - from.x - part * dx, y - from.y - part * dy);
    if (distance < best.distance) best = { progress: start + part / 2, distance };
  }
  return best.progress;
}
