/* Addresses within the page stand behind #, so that the service needs to know none of them: #/lifts/ID/setup. */

import { signal } from "@preact/signals";

/** The decoded parts of the address: ["lifts", "demo-quad", "setup"]; empty for the first page. */
export type Route = readonly string[];

/** Read a location's hash; what is not an address of ours is the first page. */
export function parse(hash: string): Route {
  if (!hash.startsWith("#/")) return [];
  const parts = hash.slice(2).split("/").filter(Boolean).map(decode);
  const [room, part = ""] = parts;
  return room === "account" && MOVED.includes(part) ? ["admin", part] : parts;
}

/** What stood below the account once: bookmarks lead there. */
const MOVED = ["people", "tokens", "outputs", "audit"];

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a page, for a link. */
export const hrefOf = (...route: Route): string => `#/${route.map(encodeURIComponent).join("/")}`;

/** Where the page is now. */
export const route = signal<Route>(parse(location.hash));

addEventListener("hashchange", () => {
  route.value = parse(location.hash);
});
