/* When somebody points at the tiles: then none of them may move. */

import { isHeld } from "./order";

/** A mouse that has not moved for so long lies there; nobody points with it. */
const REST_MS = 60_000;
/** After a finger was lifted it may come down again for as long. */
const TOUCH_MS = 3000;

/** Hold while a pointer is on an element or the focus in it; returns what ends that. */
export function holdOn(element: HTMLElement): () => void {
  let timer = 0;
  let isPointed = false;
  const update = (): void => {
    isHeld.value = isPointed || element.contains(document.activeElement);
  };
  const point = (ms: number): void => {
    isPointed = true;
    clearTimeout(timer);
    timer = setTimeout(leave, ms);
    update();
  };
  const leave = (): void => {
    clearTimeout(timer);
    isPointed = false;
    update();
  };
  const listeners: [string, (event: Event) => void][] = [
    ["pointermove", (event) => point((event as PointerEvent).pointerType === "touch" ? TOUCH_MS : REST_MS)],
    ["pointerdown", (event) => point((event as PointerEvent).pointerType === "touch" ? TOUCH_MS : REST_MS)],
    ["pointerleave", (event) => (event as PointerEvent).pointerType !== "touch" && leave()],
    ["focusin", update],
    ["focusout", () => queueMicrotask(update)], // where the focus goes is known only then
  ];
  for (const [name, listener] of listeners) element.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of listeners) element.removeEventListener(name, listener);
    clearTimeout(timer);
    isHeld.value = false;
  };
}
