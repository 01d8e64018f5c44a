/* The operators' page: signs in, follows the alarm feed, polls lifts and passages, and never looks calm when blind. */

import { Alarms } from "./alarms.js";
import { ApiError, call, get } from "./api.js";
import { byId, setText } from "./dom.js";
import { AlarmFeed } from "./feed.js";
import { Lifts } from "./lifts.js";
import { showSignIn, whoAmI } from "./signin.js";
import { summary } from "./watching.js";

const POLL_MS = 2000;
const STALE_MS = 12_000;

let person = null;
let feed = null;
let link = "waiting";
let polled = 0;
let polling = 0;
let reading = 0;
let historyRead = false;
const mayAct = () => person?.role === "operator" || person?.role === "admin";
const lifts = new Lifts({ mayAct, standing: () => alarms.standing() });
const alarms = new Alarms({
  nameOf: (id) => lifts.nameOf(id),
  isArmed: (id) => lifts.isArmed(id),
  mayAct,
  onChange: showState,
});

function showState() {
  if (!person) return;
  const stale = polled > 0 && Date.now() - polled > STALE_MS;
  const connected = link === "live" && historyRead && polled > 0 && !stale;
  const { calm, text } = summary(lifts.all(), alarms.standing());
  const count = alarms.active().length;
  const pill = byId("link");
  document.body.classList.toggle("not-connected", link === "lost" || stale);
  if (!connected) {
    pill.dataset.state = link !== "lost" && !stale ? "waiting" : "lost";
    setText(pill, pill.dataset.state === "waiting" ? "connecting" : "NOT CONNECTED: no alarm arrives here");
  } else {
    pill.dataset.state = calm ? "live" : "degraded";
    setText(pill, text);
  }
  document.title = !connected ? "✕ not connected · Barwatch" : count ? `▲ ${count} · Barwatch` : "Barwatch";
}

async function poll(first = false) {
  try {
    const { items } = await get("/lifts");
    if (lifts.setLifts(items)) alarms.plan();
    if (first) {
      const pages = items.map((lift) => get(`/passages?lift_id=${encodeURIComponent(lift.id)}&limit=24`));
      for (const page of await Promise.all(pages)) lifts.addPassages(page.items);
    } else {
      lifts.addPassages((await get("/passages?limit=48")).items);
    }
    polled = Date.now();
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return signedOut();
  }
  showState();
  polling = setTimeout(poll, POLL_MS);
}

/** Read the standing alarms and the last ones; until that has worked the page does not call itself connected. */
async function readAlarms() {
  historyRead = false;
  const known = alarms.ids(); // what arrives while we read is newer than any page and stays
  try {
    const pages = ["/alarms?standing=true&limit=500", "/alarms?limit=60"].map(get);
    const found = (await Promise.all(pages)).flatMap((page) => page.items);
    const standing = new Set(found.map((alarm) => alarm.id));
    alarms.forget(known.filter((id) => !standing.has(id)));
    for (const alarm of found) alarms.put(alarm);
    historyRead = true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return signedOut();
    clearTimeout(reading);
    reading = setTimeout(readAlarms, POLL_MS);
  }
  showState();
}

function signedIn(who) {
  person = who;
  setText(byId("who"), `${who.name} (${who.role})`);
  byId("sign-out").hidden = false;
  byId("watch").hidden = false;
  feed = new AlarmFeed({
    onAlarm: (alarm) => alarms.put(alarm),
    onUnstored: (waiting) => alarms.setUnstored(waiting),
    onState: (state) => {
      link = state;
      showState();
    },
    onFresh: readAlarms,
    onRefused: async () => {
      // A refused socket does not say why: ask over HTTP.
      await get("/session").catch((error) => error.status === 401 && signedOut());
    },
  });
  feed.start();
  poll(true);
}

function signedOut(problem = "Signed out: sign in to see alarms.") {
  if (!person) return;
  person = null;
  feed?.stop();
  clearTimeout(polling);
  clearTimeout(reading);
  link = "waiting";
  document.body.classList.remove("not-connected");
  byId("sign-out").hidden = true;
  setText(byId("who"), "");
  byId("link").dataset.state = "lost";
  setText(byId("link"), "NOT CONNECTED: signed out");
  showSignIn(signedIn, problem);
}

async function start() {
  byId("sign-out").addEventListener("click", async () => {
    await call("DELETE", "/session").catch(() => null);
    signedOut("");
  });
  setInterval(() => {
    setText(byId("clock"), new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false }));
    showState();
  }, 1000);
  try {
    const { person: who, problem } = await whoAmI();
    if (who) return signedIn(who);
    byId("link").dataset.state = "lost";
    setText(byId("link"), "not signed in");
    showSignIn(signedIn, problem);
  } catch {
    byId("link").dataset.state = "lost";
    setText(byId("link"), "NOT CONNECTED: the service cannot be reached");
    setTimeout(start, 3000);
  }
}

start();
