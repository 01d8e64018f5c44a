/* Keys that do something wherever the page is: a room adds its own to the list. */

import { signal } from "@preact/signals";
import type { Key } from "../i18n/text";

/** A group of keys by where they count: what is pressed, and what it does. */
export const KEYS: readonly { where: Key; keys: readonly (readonly [pressed: string, does: Key])[] }[] = [
  {
    where: "shortcuts.everywhere",
    keys: [
      ["?", "shortcuts.list"],
      ["Esc", "shortcuts.close"],
    ],
  },
  {
    where: "review.title",
    keys: [
      ["O C M E T", "shortcuts.answer"],
      ["1 – 5", "shortcuts.answer"],
      ["U", "review.undo"],
    ],
  },
  {
    where: "masks.title",
    keys: [
      ["← ↑ → ↓", "shortcuts.move"],
      ["⇧ ← ↑ → ↓", "shortcuts.moveFar"],
      ["Del", "masks.removePoint"],
    ],
  },
];

const KEPT = "barwatch.keys";
const TYPING = "input:not([type=checkbox], [type=radio], [type=range]), select, textarea";

/** Whether a single letter does something: whoever speaks to the machine, or rests on keys, switches it off (WCAG 2.1.4). */
export const singleKeys = signal(kept());

function kept(): boolean {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true; // the browser keeps nothing for this page
  }
}

export function setSingleKeys(isOn: boolean): void {
  singleKeys.value = isOn;
  try {
    localStorage.setItem(KEPT, isOn ? "on" : "off");
  } catch {
    return; // it holds until the page is closed
  }
}

/** Whether a key that was pressed alone is a shortcut here: not while somebody types, nor held down. */
export function isShortcut({ repeat, ctrlKey, altKey, metaKey, target }: KeyboardEvent): boolean {
  if (!singleKeys.value || repeat || ctrlKey || altKey || metaKey) return false;
  return !(target instanceof Element && target.closest(TYPING));
}
