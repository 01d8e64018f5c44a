/* When somebody points at a list: then nothing in it may move, and nothing that just came is pressed. */

import type { ReadonlySignal, Signal } from "@preact/signals";

/** A mouse or a focus that nothing has moved for so long belongs to nobody. */
const REST_MS = 30_000;
/** After a finger was lifted it may come down again for as long. */
const TOUCH_MS = 3000;
/** Longer than anybody takes from seeing what to press to pressing it. */
export const REACTION_MS = 700;

/** Where the pointer is, in pixels of the window; a finger's counts for as long as it is down. */
let [pointerX, pointerY] = [-1, -1];
for (const event of ["pointermove", "pointerdown"] as const) {
  addEventListener(event, ({ clientX, clientY }) => {
    [pointerX, pointerY] = [clientX, clientY];
  });
}

/**
 * Say when a pointer is on an element, or the keyboard's focus in it; returns what ends that.
 * A focus that a click has left behind does not count once the pointer has gone.
 */
export function holdOn(element: HTMLElement, isHeld: Signal<boolean>): () => void {
  let timer = 0;
  const leave = (): void => {
    clearTimeout(timer);
    isHeld.value = false;
  };
  const stay = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(leave, ms);
    isHeld.value = true;
  };
  const isAtKeyboard = (): boolean => element.querySelector(":focus-visible") !== null;
  const listeners: Record<string, (event: Event) => void> = {
    pointermove: (event) => stay((event as PointerEvent).pointerType === "touch" ? TOUCH_MS : REST_MS),
    pointerdown: (event) => stay((event as PointerEvent).pointerType === "touch" ? TOUCH_MS : REST_MS),
    pointerleave: (event) => {
      if ((event as PointerEvent).pointerType !== "touch" && !isAtKeyboard()) leave();
    },
    keydown: () => stay(REST_MS),
    focusin: () => {
      if (isAtKeyboard()) stay(REST_MS);
    },
    focusout: (event) => {
      const next = (event as FocusEvent).relatedTarget;
      const isInside = next instanceof Node && element.contains(next);
      if (!isInside && !element.matches(":hover")) leave();
    },
  };
  for (const [name, listener] of Object.entries(listeners)) element.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) element.removeEventListener(name, listener);
    leave();
  };
}

/**
 * Let no press through to an element whose rows have just changed below the pointer: the hand had seen others, or
 * what was there before. Returns what ends that. The keyboard is not kept off: its focus stays where it was.
 */
export function guardOn(element: HTMLElement, rows: ReadonlySignal<unknown>): () => void {
  let until = 0;
  let [x, y] = [-1, -1];
  const unsubscribe = rows.subscribe(() => {
    until = performance.now() + REACTION_MS;
    [x, y] = [pointerX, pointerY];
  });
  until = 0; // they were there
  const guard = (event: MouseEvent): void => {
    if (event.detail === 0 || performance.now() > until) return;
    const isTouch = event instanceof PointerEvent && event.pointerType === "touch"; // it points at nothing before
    const { left, top, right, bottom } = element.getBoundingClientRect();
    if (!isTouch && (x < left || x > right || y < top || y > bottom)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  element.addEventListener("click", guard, { capture: true });
  return () => {
    unsubscribe();
    element.removeEventListener("click", guard, { capture: true });
  };
}
