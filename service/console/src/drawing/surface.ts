/* A drawing that is as large as its place allows: from the finger to its units, and how large a finger is in them. */

import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

export interface Point {
  x: number;
  y: number;
}

/** Half of the smallest target, in pixels of the page. */
export const FINGER_PX = 23;

export interface Surface {
  ref: RefObject<SVGSVGElement | null>;
  /** Units of the drawing for one pixel of the page. */
  unit: Signal<number>;
  /** Where an event is, in units of the drawing. */
  at(event: PointerEvent): Point;
}

/** width: of the part of the drawing that is shown, in its units. */
export function useSurface(width: number): Surface {
  const ref = useRef<SVGSVGElement>(null);
  const unit = useSignal(1);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = (): void => {
      const shown = element.getBoundingClientRect().width;
      if (shown) unit.value = width / shown;
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [width, unit]);
  const at = ({ clientX, clientY }: PointerEvent): Point => {
    const matrix = ref.current?.getScreenCTM()?.inverse();
    if (!matrix) return { x: 0, y: 0 };
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(matrix);
    return { x, y };
  };
  return { ref, unit, at };
}

interface Drag {
  onMove(event: PointerEvent): void;
  onEnd?(): void;
}

/** Follow a finger, pen or mouse from its press on, wherever it goes; a press that is cancelled ends as well. */
export function follow(event: PointerEvent, { onMove, onEnd }: Drag): void {
  const element = event.currentTarget as Element;
  event.preventDefault();
  event.stopPropagation();
  (element as SVGElement).focus({ preventScroll: true });
  element.setPointerCapture(event.pointerId);
  const isOurs = (other: Event): other is PointerEvent =>
    other instanceof PointerEvent && other.pointerId === event.pointerId;
  const move = (moved: Event): void => {
    if (isOurs(moved)) onMove(moved);
  };
  const end = (ended: Event): void => {
    if (!isOurs(ended)) return;
    element.removeEventListener("pointermove", move);
    element.removeEventListener("pointerup", end);
    element.removeEventListener("pointercancel", end);
    onEnd?.();
  };
  element.addEventListener("pointermove", move);
  element.addEventListener("pointerup", end);
  element.addEventListener("pointercancel", end);
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Which way an arrow key points, ten times as far with Shift; null for another key. */
export function arrowOf(event: KeyboardEvent): Point | null {
  const way = ARROWS[event.key];
  if (!way) return null;
  const far = event.shiftKey ? 10 : 1;
  return { x: way[0] * far, y: way[1] * far };
}
