/*
 * The keyboard's place while a page, a form or a dialog opens and closes: what was pressed is gone then, and its focus
 * with it. It moves as soon as they have, not with the next picture: a key that is pressed meanwhile would be lost.
 */

import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Route } from "../route/route";

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

/**
 * Another page begins at its beginning, for the keyboard and for screen readers, whatever was pressed to come there and
 * whether that is still shown; but for a page that puts the keyboard at a heading of its own.
 */
export function useBeginning(main: RefObject<HTMLElement | null>, at: Route): void {
  const before = useRef(at);
  const held = document.activeElement;
  useLayoutEffect(() => {
    if (before.current === at) return;
    before.current = at;
    const now = document.activeElement as HTMLElement;
    // What nobody comes to by Tab has the keyboard from its page, which may be older than its address.
    const isOwn = now !== held || now.tabIndex < 0;
    if (!(isOwn && main.current?.contains(now))) main.current?.focus();
  }, [at, main]);
}

/** A dialog that is there for as long as it is asked for; whatever ends it, the keyboard is where it was before. */
export function useModal(): RefObject<HTMLDialogElement | null> {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return dialog;
}

/** Whether the keyboard is nowhere: what had it is gone. */
export const isLost = (): boolean => document.activeElement === document.body;

/** Says later whether the keyboard is still where it is now, or nowhere: who has gone on by then is not called back. */
export function fromHere(): () => boolean {
  const held = document.activeElement;
  return () => document.activeElement === held || isLost();
}
