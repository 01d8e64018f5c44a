/* Rooms whose code is loaded when they are opened. */

import { useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../i18n/text";
import { connected } from "../state/connection";

const RELOADED = "later.reloaded";
/** A page that was loaded again so lately is not loaded again for the same reason. */
const LATELY_MS = 30_000;

/** A room; `fetch` loads it before somebody opens it. */
type Room<Props> = ComponentType<Props> & { fetch: () => Promise<void> };

/** A component that is loaded at its first use; what was loaded once is there at once. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): Room<Props> {
  let Loaded: ComponentType<Props> | null = null;
  const fetch = async (): Promise<void> => {
    Loaded ??= await load();
  };
  function Later(props: Props): JSX.Element {
    const isThere = useSignal(Loaded !== null);
    const isMissing = useSignal(false);
    useEffect(() => {
      if (isThere.value) return;
      // Also of a room that came between drawing this and now: it would stay empty.
      fetch().then(
        () => {
          isThere.value = true;
        },
        () => {
          isMissing.value = true;
        },
      );
    }, [isThere, isMissing]);
    useSignalEffect(() => {
      // Without a connection a page that says so is all there is: it must stay.
      if (isMissing.value && connected.value) loadAgain();
    });
    if (isThere.value && Loaded) return <Loaded {...props} />;
    return (
      <p class="note" role="status">
        {isMissing.value && t("page.roomMissing")}
      </p>
    );
  }
  return Object.assign(Later, { fetch });
}

/** The service was updated, and the room's old code is gone: load the new page, unless that was just done. */
function loadAgain(): void {
  const last = Number(sessionStorage.getItem(RELOADED) ?? 0);
  if (Date.now() - last < LATELY_MS) return;
  sessionStorage.setItem(RELOADED, String(Date.now()));
  location.reload();
}
