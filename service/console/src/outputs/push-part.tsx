/* One's own browsers that are notified of alarms, and this one. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useCallback, useEffect } from "preact/hooks";
import { address, get, post, remove } from "../api/client";
import type { Push } from "../api/types";
import { Button } from "../components/button";
import { Titled } from "../components/titled";
import { language, t } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { messageOf } from "../state/session";

const isSupported = (): boolean =>
  "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

export function PushPart(): JSX.Element {
  const push = useSignal<Push | null>(null);
  const [said, wrong] = [useSignal(""), useSignal("")];
  const attempt = useCallback(
    async (work: () => Promise<string>): Promise<void> => {
      said.value = wrong.value = "";
      try {
        said.value = await work();
        push.value = await get<Push>("/push");
      } catch (error) {
        wrong.value = messageOf(error);
      }
    },
    [push, said, wrong],
  );
  useEffect(() => {
    void attempt(async () => "");
  }, [attempt]);
  const key = push.value?.key;
  return (
    <section class="step" aria-labelledby="push">
      <Titled level={3} id="push" title={t("push.title")} help={t("push.about")} />
      <ul class="entries">
        {push.value?.subscriptions.map(({ id, agent, created_at: at }) => (
          <li key={id}>
            <div>
              <strong>{agent || t("push.unknownBrowser")}</strong>
              <p class="note">{t("push.since", { at: clockTime(at) })}</p>
            </div>
            <Button
              class="quiet"
              label={t("push.endLabel", { agent: agent || t("push.unknownBrowser") })}
              onPress={() => attempt(() => remove(`/push/subscriptions/${id}`).then(() => ""))}
            >
              {t("push.end")}
            </Button>
          </li>
        ))}
      </ul>
      {push.value && !key && <p class="note">{t("push.none")}</p>}
      {key && !isSupported() && <p class="note">{t("push.unsupported")}</p>}
      {key && isSupported() && (
        <div class="row">
          <Button onPress={() => attempt(() => subscribe(key))}>{t("push.subscribe")}</Button>
        </div>
      )}
      <p role="status">{said}</p>
      <p class="problem" role="alert">
        {wrong}
      </p>
    </section>
  );
}

/** Ask the browser, then tell the service; what to say of it. */
async function subscribe(key: string): Promise<string> {
  if ((await Notification.requestPermission()) !== "granted") throw new Error(t("push.denied"));
  const worker = await navigator.serviceWorker.register(address("/console/push.js"));
  await ready(worker);
  const before = await worker.pushManager.getSubscription();
  await before?.unsubscribe(); // perhaps made with another key
  const options = { userVisibleOnly: true, applicationServerKey: bytesOf(key) };
  const made = await worker.pushManager.subscribe(options);
  await post("/push/subscriptions", { ...made.toJSON(), language });
  return t("push.subscribed");
}

/** Wait until the worker is there: one that is only being installed cannot subscribe. */
async function ready(worker: ServiceWorkerRegistration): Promise<void> {
  const coming = worker.installing ?? worker.waiting;
  if (worker.active || !coming) return;
  await new Promise<void>((resolve) => {
    coming.addEventListener("statechange", () => {
      if (coming.state === "activated") resolve();
    });
  });
}

function bytesOf(key: string): Uint8Array<ArrayBuffer> {
  const plain = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}
