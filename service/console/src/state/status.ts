/* What is so beside single alarms: a flood, and lifts that a person takes out of service and puts back. */

import { signal } from "@preact/signals";
import { post, remove } from "../api/client";
import type { AlarmFlood } from "../api/types";

export const flood = signal<AlarmFlood | null>(null);

const inHours = (hours: number): string => new Date(Date.now() + 3_600_000 * hours).toISOString();

const pathOf = (liftId: string): string => `/lifts/${encodeURIComponent(liftId)}/out-of-service`;

/** Take a lift or its camera out of service. Throws ApiError. */
export async function takeOut(liftId: string, hours: number, reason: string, scope: string): Promise<void> {
  await post(pathOf(liftId), { expiry: inHours(hours), reason, scope });
}

/** Return a lift to service. Throws ApiError. */
export const putBack = (liftId: string): Promise<void> => remove(pathOf(liftId));

/** What a shelving is asked for with. */
export const shelving = (hours: number, reason: string): object => ({ expiry: inHours(hours), reason });
