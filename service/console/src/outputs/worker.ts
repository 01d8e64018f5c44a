/* The service worker: shows what is pushed, also while no page is open. It caches nothing and sees no request. */

/** In the words of whoever subscribed: title and note are made by the service. */
interface Notice {
  title?: string;
  message?: string;
  note?: string;
  id?: string;
  severity?: string;
  url?: string;
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

export {}; // a module: the names above are its own

function show({ title = "Barwatch", message, note, id, severity, url }: Notice): Promise<void> {
  const body = [message, note].filter(Boolean).join("\n");
  const more = {
    body,
    requireInteraction: severity === "critical",
    data: { url },
    ...(id ? { tag: id } : {}),
  };
  return worker.registration.showNotification(title, more);
}

worker.addEventListener("push", (event) => {
  event.waitUntil(show(event.data?.json() ?? {}));
});

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url: unknown = event.notification.data?.url;
  event.waitUntil(
    worker.clients.openWindow(typeof url === "string" ? url : new URL("../", worker.registration.scope).href),
  );
});
