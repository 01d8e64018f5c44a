/* A screen that nobody touches keeps itself signed in, up to date and lit. */

import { signal } from "@preact/signals";
import { ApiError, address, post } from "../api/client";

/** What this script was built from; another one is served after an update. */
declare const BUILD: string;

const RENEW_MS = 3_600_000;
const LOOK_MS = 30_000;
/** The build for which this page was loaded again: a proxy that serves old files must not keep it busy. */
const RELOADED = "wall.reloaded";

/** Whether the sign-in will end: it is no viewer's token, so that only a person can renew it. */
export const isEnding = signal(false);

async function renew(): Promise<void> {
  try {
    await post("/session/renew");
    isEnding.value = false;
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) isEnding.value = true;
  }
}

async function look(): Promise<void> {
  const answer = await fetch(address("/console/build.json"), { cache: "no-store" });
  const { build } = (await answer.json()) as { build?: string };
  if (!build || build === BUILD || sessionStorage.getItem(RELOADED) === build) return;
  sessionStorage.setItem(RELOADED, build);
  location.reload();
}

/** A screen that goes dark shows no alarm. Browsers that cannot keep it lit are set up otherwise. */
async function light(): Promise<void> {
  if (!document.hidden) await navigator.wakeLock?.request("screen");
}

const quietly = (work: () => Promise<void>) => (): void => {
  work().catch(() => null); // tried again soon
};

/** Keep the screen going until the returned function is called. */
export function keepGoing(): () => void {
  const timers = [setInterval(quietly(renew), RENEW_MS), setInterval(quietly(look), LOOK_MS)];
  const relight = quietly(light);
  document.addEventListener("visibilitychange", relight);
  for (const work of [renew, look, light]) quietly(work)();
  return () => {
    timers.map(clearInterval);
    document.removeEventListener("visibilitychange", relight);
  };
}
