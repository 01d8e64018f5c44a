/* Small live pictures of many lifts: a few requests at a time, each lift in its turn, only what is looked at. */

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { address } from "../api/client";
import { type Instant, instant, secondsSince } from "../state/clock";

/** Requests under way at once. */
const MOST = 4;
/** Pictures a second in all, and of one lift: its camera makes no more than one. */
const PER_S = 20;
const EVERY_MS = 1000;
const PATIENCE_MS = 8000;
/** Where there was no picture, or no answer, it is asked for less often. */
const FAILED_MS = 5000;
const WIDTHS = [160, 320, 640] as const;

/** When a picture's frame was read from the camera, by this browser's clocks; null before there is a picture. */
export type ShownSince = Instant | null;

/** How old a picture is, in seconds: its frame's age, not that of the request that brought it. */
export const ageOf = (since: ShownSince): number | null => (since === null ? null : secondsSince(since));

class Place {
  readonly since: Signal<ShownSince> = signal<ShownSince>(null);
  readonly canvas: HTMLCanvasElement;
  readonly liftId: string;
  isVisible = false;
  isBusy = false;
  dueMs = 0;
  tag = "";

  constructor(canvas: HTMLCanvasElement, liftId: string) {
    this.canvas = canvas;
    this.liftId = liftId;
  }

  /** The least of the widths that fills the canvas. */
  private get width(): number {
    const wanted = this.canvas.clientWidth * Math.min(devicePixelRatio, 2);
    return WIDTHS.find((width) => width >= wanted) ?? WIDTHS[2];
  }

  /** Ask for the newest picture and draw it. Throws where there is none, or nobody answers. */
  async draw(): Promise<void> {
    const asked = instant();
    const headers: Record<string, string> = this.tag ? { "If-None-Match": this.tag } : {};
    const path = `/lifts/${encodeURIComponent(this.liftId)}/snapshot.jpg?width=${this.width}`;
    const answer = await fetch(address(path), {
      headers,
      cache: "no-store",
      credentials: "same-origin",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const age = Number(answer.headers.get("Picture-Age") ?? Number.NaN);
    if (!(answer.ok || answer.status === 304) || Number.isNaN(age)) throw new Error(String(answer.status));
    if (answer.status !== 304) {
      const picture = await createImageBitmap(await answer.blob());
      if (this.canvas.width !== picture.width) this.canvas.width = picture.width;
      if (this.canvas.height !== picture.height) this.canvas.height = picture.height;
      this.canvas.getContext("2d", { alpha: false })?.drawImage(picture, 0, 0);
      picture.close();
      this.tag = answer.headers.get("ETag") ?? "";
    }
    // From when it was asked for: a slow network makes it look older, never newer.
    this.since.value = { steadyMs: asked.steadyMs - 1000 * age, wallMs: asked.wallMs - 1000 * age };
  }
}

const places = new Set<Place>();
let underway = 0;
let timer = 0;

const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    for (const place of places) if (place.canvas === target) place.isVisible = isIntersecting;
  }
  turn();
});

document.addEventListener("visibilitychange", turn);

/** Begin as many requests as may be, for the places that have waited longest; come back when the next is due. */
function turn(): void {
  clearTimeout(timer);
  if (document.hidden || underway >= MOST) return; // whoever comes back turns again
  const everyMs = Math.max(EVERY_MS, (1000 * places.size) / PER_S);
  const waiting = [...places].filter(({ isVisible, isBusy }) => isVisible && !isBusy);
  waiting.sort((a, b) => a.dueMs - b.dueMs);
  for (const place of waiting) {
    const waitMs = place.dueMs - performance.now();
    if (waitMs > 0) {
      timer = setTimeout(turn, waitMs);
      return;
    }
    place.dueMs = performance.now() + everyMs;
    place.isBusy = true;
    underway += 1;
    place
      .draw()
      .catch(() => {
        place.dueMs = performance.now() + FAILED_MS; // what is shown ages
      })
      .finally(() => {
        place.isBusy = false;
        underway -= 1;
        turn();
      });
    if (underway >= MOST) return;
  }
}

/** Show a lift's live picture on a canvas until the returned function is called; `since` says since when it is. */
export function showOn(
  canvas: HTMLCanvasElement,
  liftId: string,
): { since: ReadonlySignal<ShownSince>; end: () => void } {
  const place = new Place(canvas, liftId);
  places.add(place);
  watcher.observe(canvas);
  return {
    since: place.since,
    end: () => {
      places.delete(place);
      watcher.unobserve(canvas);
    },
  };
}
