/* When somebody points at a list: then nothing in it may move. */

/** A mouse or a focus that nothing has moved for so long belongs to nobody. */
const REST_MS = 30_000;
/** After a finger was lifted it may come down again for as long. */
const TOUCH_MS = 3000;

/**
 * Say when a pointer is on an element, or the keyboard's focus in it; returns what ends that.
 * A focus that a click has left behind does not count once the pointer has gone.
 */
export function holdOn(element: HTMLElement, hold: (held: boolean) => void): () => void {
  let timer = 0;
  const leave = (): void => {
    clearTimeout(timer);
    hold(false);
  };
  const stay = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(leave, ms);
    hold(true);
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
