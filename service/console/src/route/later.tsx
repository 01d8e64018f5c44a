/* Rooms whose code is loaded when they are opened. */

import { useSignal } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../i18n/text";

const RELOADED = "later.reloaded";
/** A page that was loaded again so lately is not loaded again for the same reason. */
const LATELY_MS = 30_000;

/** A component that is loaded at its first use; what was loaded once is there at once. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let Loaded: ComponentType<Props> | null = null;
  return function Later(props: Props): JSX.Element {
    const isThere = useSignal(Loaded !== null);
    const isMissing = useSignal(false);
    useEffect(() => {
      if (Loaded) return;
      load().then(
        (found) => {
          Loaded = found;
          isThere.value = true;
        },
        () => {
          isMissing.value = !reloaded();
        },
      );
    }, [isThere, isMissing]);
    if (isThere.value && Loaded) return <Loaded {...props} />;
    return (
      <p class="note" role="status">
        {isMissing.value && t("page.roomMissing")}
      </p>
    );
  };
}

/** The service was updated, and the room's old code is gone: load the new page. False where that was just done. */
function reloaded(): boolean {
  const last = Number(sessionStorage.getItem(RELOADED) ?? 0);
  if (Date.now() - last < LATELY_MS) return false;
  sessionStorage.setItem(RELOADED, String(Date.now()));
  location.reload();
  return true;
}
