/* When the page draws: once a frame, however many alarms arrive, and never under a finger. */

import { options } from "preact";

const PRESS_MS = 1000;
const CONTROLS = "button, a, summary, label";

let pressedAt = 0;

/**
 * Draw once a frame. While a control is being pressed nothing moves, so that the tap reaches what the finger is
 * on; a second at most, because an alarm must not wait for somebody who holds a button down.
 */
export function drawGently(): void {
  const release = (): void => {
    setTimeout(() => {
      pressedAt = 0; // after the click
    });
  };
  addEventListener("pointerdown", ({ target }) => {
    if (target instanceof Element && target.closest(CONTROLS)) pressedAt = performance.now();
  });
  addEventListener("pointerup", release);
  addEventListener("pointercancel", release);
  options.debounceRendering = (draw) => {
    const whenFree = (): void => {
      if (pressedAt && performance.now() - pressedAt < PRESS_MS) requestAnimationFrame(whenFree);
      else draw();
    };
    // A page in the background has no frames, but its title counts alarms all the same.
    if (document.hidden) setTimeout(draw);
    else requestAnimationFrame(whenFree);
  };
}
