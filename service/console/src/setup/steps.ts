/* The steps of setting a lift up, and at which one it is. */

import type { Key } from "../i18n/text";
import { hrefOf } from "../route/route";
import type { SetupJob } from "./job";

export const STEPS = ["address", "carriers", "pick", "masks", "proof", "after"] as const;
export type Step = (typeof STEPS)[number];

export const nameOf = (step: Step): Key => `setup.step.${step}`;
export const isStep = (text: string | undefined): text is Step => STEPS.includes(text as Step);
export const hrefOfStep = (liftId: string, step: Step): string => hrefOf("lifts", liftId, "setup", step);

/** Go to a step, as a link to it does. */
export function goTo(liftId: string, step: Step): void {
  location.hash = hrefOfStep(liftId, step);
}

/** The step that is to be done next, from what the service knows. */
export function present({ job, isPicked, enrolled }: SetupJob): Step {
  const found = job.value;
  if (!found) return "address";
  if (found.state !== "ready" || !found.watched) return "carriers";
  if (enrolled.value) return "proof";
  return isPicked.value ? "masks" : "pick";
}

/** Whether a step can be opened now. */
export function canOpen(step: Step, { job, isPicked, masks }: SetupJob): boolean {
  const isReady = job.value?.state === "ready";
  switch (step) {
    case "address":
      return true;
    case "carriers":
      return !!job.value;
    case "pick":
      return isReady;
    case "masks":
      return isReady && isPicked.value && !!job.value?.watched;
    case "proof":
    case "after":
      return masks.value.length > 0;
  }
}
