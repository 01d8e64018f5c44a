/* Following the service: signs in, follows the alarm feed, polls lifts and passages. */

import { batch } from "@preact/signals";
import { get, remove } from "../api/client";
import type { Alarm, AlarmPage, Overview, Person } from "../api/types";
import { AlarmFeed } from "../feed/feed";
import { t } from "../i18n/text";
import * as alarms from "./alarms";
import { instant } from "./clock";
import { historyRead, link, polledAt } from "./connection";
import { MARKS_SHOWN, setLifts } from "./lifts";
import { isSignedOut, person, problem, type SignedOut, signedOut, waitingKey, whoAmI } from "./session";
import { flood } from "./status";

/** How often the lifts are read: as often as `pace` says, but never more than half of the time. */
const POLL_MS = 2000;
const RETRY_MS = 3000;
const NEWEST = 60;

let feed: AlarmFeed | null = null;
let polling = 0;
/** quickMs: where all lifts are looked at, they are read more often. */
export const pace = { quickMs: POLL_MS };
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
    polledAt.value = null;
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
  poll();
}

/** Where the service does not say that the sign-in is over, the page says so: the next one here might still have it. */
export async function signOut(): Promise<void> {
  let says = "";
  try {
    await remove("/session");
  } catch (error) {
    if (!isSignedOut(error)) says = t("session.notEnded");
  }
  leave("ended", says);
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

async function poll(): Promise<void> {
  const at = instant();
  try {
    const { items, alarm_seq: newest } = await get<Overview>(`/overview?recent=${MARKS_SHOWN}`);
    setLifts(items, at);
    feed?.account(newest);
    polledAt.value = instant(); // a slow network is no silence
  } catch (error) {
    if (isOver(error)) return;
  }
  const tookMs = performance.now() - at.steadyMs;
  const waitMs = document.hidden ? POLL_MS : Math.min(Math.max(pace.quickMs, tookMs), POLL_MS);
  clearTimeout(polling);
  if (person.value) polling = setTimeout(poll, waitMs);
}

/** All that stands, however many: whatever is left out here, nobody would ever see. Throws ApiError. */
async function everyStanding(): Promise<Alarm[]> {
  const found: Alarm[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const next = cursor && `&cursor=${cursor}`;
    const page: AlarmPage = await get<AlarmPage>(`/alarms?standing=true&limit=500${next}`);
    found.push(...page.items);
    cursor = page.next;
  }
  return found;
}

/** Read the standing alarms and the last ones; until that has worked the page does not call itself connected. */
async function readAlarms(): Promise<void> {
  historyRead.value = false;
  const before = alarms.known();
  try {
    const [standing, newest] = await Promise.all([
      everyStanding(),
      get<AlarmPage>(`/alarms?limit=${NEWEST}`),
    ]);
    alarms.replace(before, [...standing, ...newest.items]);
    historyRead.value = true;
  } catch (error) {
    if (isOver(error)) return;
    clearTimeout(reading);
    reading = setTimeout(readAlarms, POLL_MS);
  }
}
