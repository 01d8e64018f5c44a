/* The list of keys, which `?` opens. */

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Button } from "../components/button";
import { Tick } from "../components/tick";
import { useModal } from "../forms/focus";
import { t } from "../i18n/text";
import { isShortcut, KEYS, setSingleKeys, singleKeys } from "./keys";

export const isShown = signal(false);

const hide = (): void => {
  isShown.value = false;
};

export function Shortcuts(): JSX.Element | null {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.key !== "?" || !isShortcut(event)) return;
      event.preventDefault();
      isShown.value = true;
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  return isShown.value ? <List /> : null;
}

function List(): JSX.Element {
  const dialog = useModal();
  return (
    <dialog ref={dialog} class="shortcuts" aria-labelledby="shortcuts-title" onClose={hide}>
      <h2 id="shortcuts-title">{t("shortcuts.title")}</h2>
      {KEYS.map(({ where, keys }) => (
        <section key={where}>
          <h3>{t(where)}</h3>
          <dl>
            {keys.map(([pressed, does]) => (
              <div key={pressed}>
                <dt>
                  <kbd>{pressed}</kbd>
                </dt>
                <dd>{t(does)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <Tick text={t("shortcuts.single")} isChosen={singleKeys.value} onChoose={setSingleKeys} />
      <Button onPress={hide}>{t("shortcuts.done")}</Button>
    </dialog>
  );
}
