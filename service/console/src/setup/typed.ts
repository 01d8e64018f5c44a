/* What was typed as a camera's address, until the set-up has begun: a reload of this tab finds it again. */

import { keepable } from "./address-parts";

interface Typed {
  name: string;
  url: string;
  substream?: string | null;
}

const keyOf = (liftId: string | null): string => `barwatch.address.${liftId ?? ""}`;

/** What was typed before; null if nothing was. */
export function recall(liftId: string | null): Typed | null {
  try {
    const typed = JSON.parse(sessionStorage.getItem(keyOf(liftId)) ?? "") as Partial<Typed>;
    const { name, url, substream = "" } = typed;
    return typeof name === "string" && typeof url === "string" ? { name, url, substream } : null;
  } catch {
    return null; // nothing is kept, or the browser keeps nothing
  }
}

/** Keep it, without user and password. */
export function keepTyped(liftId: string | null, { name, url, substream }: Typed): void {
  try {
    const kept = { name, url: keepable(url) ?? "", substream: keepable(substream ?? "") ?? "" };
    sessionStorage.setItem(keyOf(liftId), JSON.stringify(kept));
  } catch {
    // The browser keeps nothing: it has to be typed again.
  }
}

export function forgetTyped(liftId: string | null): void {
  try {
    sessionStorage.removeItem(keyOf(liftId));
  } catch {
    // Nothing was kept.
  }
}
