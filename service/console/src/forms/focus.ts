/*
 * The keyboard's place while a form opens and closes: what was pressed is gone then, and its focus with it.
 * It moves as soon as the form has, not with the next picture: a key that is pressed meanwhile would be lost.
 */

import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** Of what holds a form and what opens it: into the form, and back to the heading, or to what opens it. */
export function useOpening<Place extends HTMLElement>(isOpen: boolean): RefObject<Place | null> {
  const place = useRef<Place>(null);
  const before = useRef(isOpen);
  useLayoutEffect(() => {
    if (before.current === isOpen) return;
    before.current = isOpen;
    const wanted = isOpen ? "form :is(select, input)" : "h3, button";
    if (isLost()) place.current?.querySelector<HTMLElement>(wanted)?.focus();
  }, [isOpen]);
  return place;
}

/** Whether the keyboard is nowhere: what had it is gone. */
export const isLost = (): boolean => document.activeElement === document.body;
