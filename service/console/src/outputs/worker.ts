/* The service worker: shows what is pushed, also while no page is open. It caches nothing and sees no request. */

import { alarmKinds, alarmSentences } from "../i18n/en/alarms";
import { outputSentences } from "../i18n/en/delivery/outputs";

interface Notice {
  type: string;
  id?: string;
  kind?: string;
  severity?: string;
  lift?: string | null;
  message?: string;
  url?: string;
  missed?: number;
}

/* TypeScript knows either pages or workers: this much of a worker is used here. */
interface Lasting extends Event {
  waitUntil: (work: Promise<unknown>) => void;
}
interface Pushed extends Lasting {
  data: { json: () => Notice } | null;
}
interface Clicked extends Lasting {
  notification: Notification;
}
interface Worker {
  registration: ServiceWorkerRegistration;
  clients: { openWindow: (url: string) => Promise<unknown> };
  addEventListener: ((type: "push", listener: (event: Pushed) => void) => void) &
    ((type: "notificationclick", listener: (event: Clicked) => void) => void);
}

const worker = self as unknown as Worker;

const kindOf = (kind: string): string => (alarmKinds as Record<string, string>)[kind] ?? kind;

/* Few words, read one by one: the whole catalogue would be twenty times as long as this file. */
function show({ type, id, kind = "", severity, lift, message = "", url, missed = 0 }: Notice): Promise<void> {
  if (type !== "alarm") {
    return worker.registration.showNotification("Barwatch", { body: outputSentences["push.test"] });
  }
  const title = alarmSentences["alarms.where"]
    .replace("{kind}", kindOf(kind))
    .replace("{place}", lift ?? alarmSentences["alarms.wholeService"]);
  const before = outputSentences["push.missed"].other.replace("{count}", String(missed));
  const body = missed > 0 ? `${message}\n${before}` : message;
  const isUrgent = severity === "critical";
  const more = { body, requireInteraction: isUrgent, data: { url }, ...(id ? { tag: id } : {}) };
  return worker.registration.showNotification(title, more);
}

worker.addEventListener("push", (event) => {
  event.waitUntil(show(event.data?.json() ?? { type: "" }));
});

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url: unknown = event.notification.data?.url;
  event.waitUntil(
    worker.clients.openWindow(typeof url === "string" ? url : new URL("../", worker.registration.scope).href),
  );
});
