/* Following the service: signs in, follows the alarm feed, polls lifts and passages. */

import { batch } from "@preact/signals";
import { get, remove } from "../api/client";
import type { AlarmPage, LiftList, PassagePage, Person } from "../api/types";
import { AlarmFeed } from "../feed/feed";
import { t } from "../i18n/text";
import * as alarms from "./alarms";
import { historyRead, link, polledAt } from "./connection";
import { addPassages, RECENT, setLifts } from "./lifts";
import { isSignedOut, person, problem, type SignedOut, signedOut, waitingKey, whoAmI } from "./session";
import { flood } from "./status";

const POLL_MS = 2000;
const RETRY_MS = 3000;

let feed: AlarmFeed | null = null;
let polling = 0;
let reading = 0;

/** Sign in if that is possible without asking; else show why not. */
export async function start(): Promise<void> {
  try {
    const found = await whoAmI();
    if (found) signedIn(found);
    else signedOut.value = "unknown";
  } catch {
    signedOut.value = "unreachable";
    setTimeout(start, RETRY_MS);
  }
}

export function signedIn(who: Person): void {
  waitingKey.value = null;
  batch(() => {
    person.value = who;
    problem.value = "";
    polledAt.value = 0;
  });
  feed = new AlarmFeed({
    onAlarm: (alarm) => alarms.put(alarm),
    onUnstored: alarms.setUnstored,
    onFlood: (found) => {
      flood.value = found;
    },
    onLink: (state) => {
      link.value = state;
    },
    onFresh: readAlarms,
    onRefused: askWhetherSignedIn,
  });
  feed.start();
  poll(true);
}

export async function signOut(): Promise<void> {
  await remove("/session").catch(() => null);
  leave("ended", "");
}

/** End every sign-in of the same person. Throws ApiError. */
export async function signOutEverywhere(): Promise<void> {
  await remove("/sessions");
  leave("ended", "");
}

function leave(why: SignedOut, says: string): void {
  if (!person.value) return;
  feed?.stop();
  clearTimeout(polling);
  clearTimeout(reading);
  batch(() => {
    person.value = null;
    signedOut.value = why;
    problem.value = says;
    link.value = "waiting";
  });
}

/** Whether a call failed because the session is over; then the page has left it. */
function isOver(error: unknown): boolean {
  if (!isSignedOut(error)) return false;
  leave("ended", t("session.ended"));
  return true;
}

/** A refused socket does not say why: ask over HTTP. */
function askWhetherSignedIn(): void {
  get("/session").catch(isOver);
}

async function poll(first = false): Promise<void> {
  try {
    const { items } = await get<LiftList>("/lifts");
    setLifts(items);
    const paths = first
      ? items.map(({ id }) => `/passages?lift_id=${encodeURIComponent(id)}&limit=${RECENT}`)
      : [`/passages?limit=${2 * RECENT}`];
    const pages = await Promise.all(paths.map((path) => get<PassagePage>(path)));
    addPassages(pages.flatMap((page) => page.items));
    polledAt.value = Date.now();
  } catch (error) {
    if (isOver(error)) return;
  }
  if (person.value) polling = setTimeout(poll, POLL_MS);
}

/** Read the standing alarms and the last ones; until that has worked the page does not call itself connected. */
async function readAlarms(): Promise<void> {
  historyRead.value = false;
  const before = alarms.known();
  try {
    const paths = ["/alarms?standing=true&limit=500", "/alarms?limit=60"];
    const pages = await Promise.all(paths.map((path) => get<AlarmPage>(path)));
    alarms.replace(
      before,
      pages.flatMap((page) => page.items),
    );
    historyRead.value = true;
  } catch (error) {
    if (isOver(error)) return;
    clearTimeout(reading);
    reading = setTimeout(readAlarms, POLL_MS);
  }
}
