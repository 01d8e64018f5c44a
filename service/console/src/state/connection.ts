/* Whether what the page shows can be trusted: never calm when blind. */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Link } from "../feed/feed";
import { t } from "../i18n/text";
import { escalation, standing, unseen } from "./alarms";
import { type Instant, now, secondsSince } from "./clock";
import { lifts } from "./lifts";
import { person, signedOut } from "./session";
import { steady } from "./steady";
import { summary } from "./watching";

/**
 * Seconds without an answer: from then on nothing is called well, and from then on nobody is thought to be there. A
 * service that hangs says nothing and closes nothing; twice as long as the slowest page waits between two questions.
 */
export const DOUBTFUL_S = 5;
const STALE_S = 12;

export const link = signal<Link>("waiting");
/** When the service last answered with the lifts; null before. */
export const polledAt = signal<Instant | null>(null);
/** Whether the standing alarms have been read since the feed began. */
export const historyRead = signal(false);

const isUnanswered = (seconds: number): ReadonlySignal<boolean> =>
  computed(() => {
    void now.value;
    return polledAt.value !== null && secondsSince(polledAt.value) > seconds;
  });
const doubtful = isUnanswered(DOUBTFUL_S);
const stale = isUnanswered(STALE_S);

/** Whether somebody looks at a page that no alarm reaches. */
export const cutOff = computed(() => person.value !== null && (link.value === "lost" || stale.value));
/** Whether alarms arrive, those that stand are known, and the lifts were read: what the page says can be believed. */
export const connected = computed(
  () => link.value === "live" && historyRead.value && polledAt.value !== null && !doubtful.value,
);

const SIGNED_OUT = {
  starting: { state: "waiting", text: t("link.connecting") },
  unreachable: { state: "lost", text: t("link.unreachable") },
  unknown: { state: "lost", text: t("link.notSignedIn") },
  ended: { state: "lost", text: t("link.signedOut") },
} as const;

/** The line at the top of the page. */
export const headline = steady((): { state: string; text: string } => {
  if (!person.value) return SIGNED_OUT[signedOut.value];
  if (cutOff.value) return { state: "lost", text: t("link.lost") };
  if (!connected.value) return { state: "waiting", text: t("link.connecting") };
  const { calm, text } = summary(lifts.value, standing.value);
  return { state: calm ? "live" : "degraded", text };
});

/** The title of the browser's tab. */
export const title = computed(() => {
  if (!person.value) return t("page.title");
  if (!connected.value) return t("page.titleLost");
  const count = unseen.value.length;
  if (escalation.value) return t("escalation.title", { count });
  return count ? t("page.titleCount", { count }) : t("page.title");
});
