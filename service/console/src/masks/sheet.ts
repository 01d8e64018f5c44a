/* One mask while it is drawn. Each point is a signal of its own: dragging it redraws nothing else. */

import { type Signal, signal } from "@preact/signals";
import type { Drawing } from "../api/types";
import type { Point } from "../drawing/surface";

export interface Line {
  readonly id: number;
  readonly points: readonly Signal<Point>[];
  readonly width: Signal<number>;
}

/** Where a finger came down: a point of a line, or a line between two of its points. */
export interface Found {
  line: Line;
  /** Of the point; of the one before it for a place between two. */
  index: number;
  isPoint: boolean;
}

export const NEW_WIDTH = 5;
const [LEAST_WIDTH, MOST_WIDTH] = [1, 40];
const [LOWEST, HIGHEST] = [-50, 250]; // a line may leave the frame, but not get lost
let lastId = 0;

const newId = (): number => {
  lastId += 1;
  return lastId;
};

export const clamped = ({ x, y }: Point): Point => ({
  x: Math.min(HIGHEST, Math.max(LOWEST, Math.round(x * 10) / 10)),
  y: Math.min(HIGHEST, Math.max(LOWEST, Math.round(y * 10) / 10)),
});

export class Sheet {
  readonly lines = signal<readonly Line[]>([]);

  load({ lines = [] }: Drawing): void {
    this.lines.value = lines.map(({ points, width }) => ({
      id: newId(),
      points: points.map(([x, y]) => signal({ x, y })),
      width: signal(width),
    }));
  }

  drawing(): Drawing {
    return {
      lines: this.lines.value.map(({ points, width }) => ({
        points: points.map(({ value: { x, y } }) => [x, y] as [number, number]),
        width: width.value,
      })),
    };
  }

  /** Begin a line; gives it. */
  begin(at: Point): Line {
    const line = { id: newId(), points: [signal(clamped(at))], width: signal(NEW_WIDTH) };
    this.lines.value = [...this.lines.value, line];
    return line;
  }

  /** Put a point into a line, before the one with that index; gives the line as it is now. */
  insert(line: Line, index: number, at: Point): Line {
    const points = [...line.points.slice(0, index), signal(clamped(at)), ...line.points.slice(index)];
    return this.replace(line, points);
  }

  /** Remove a point, and the line with its last one; gives what is left of it. */
  removePoint(line: Line, index: number): Line | null {
    if (line.points.length <= 1) {
      this.remove(line);
      return null;
    }
    return this.replace(
      line,
      line.points.filter((_, i) => i !== index),
    );
  }

  remove(line: Line): void {
    this.lines.value = this.lines.value.filter(({ id }) => id !== line.id);
  }

  widen(line: Line, by: number): void {
    line.width.value = Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, line.width.value + by));
  }

  /** The point within reach that is nearest to a place, else the line; null where there is neither. */
  find({ x, y }: Point, reach: number): Found | null {
    let best: Found | null = null;
    let nearest = reach;
    for (const line of this.lines.value) {
      line.points.forEach(({ value }, index) => {
        const distance = Math.hypot(value.x - x, value.y - y);
        if (distance < nearest) [best, nearest] = [{ line, index, isPoint: true }, distance];
      });
    }
    if (best) return best;
    for (const line of this.lines.value) {
      for (let index = 0; index + 1 < line.points.length; index++) {
        const distance = away({ x, y }, line.points[index]?.value, line.points[index + 1]?.value);
        if (distance < nearest) [best, nearest] = [{ line, index, isPoint: false }, distance];
      }
    }
    return best;
  }

  private replace(line: Line, points: readonly Signal<Point>[]): Line {
    const changed = { ...line, points };
    this.lines.value = this.lines.value.map((other) => (other.id === line.id ? changed : other));
    return changed;
  }
}

function away(place: Point, from?: Point, to?: Point): number {
  if (!from || !to) return Number.POSITIVE_INFINITY;
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const square = dx * dx + dy * dy || 1;
  const part = Math.min(1, Math.max(0, ((place.x - from.x) * dx + (place.y - from.y) * dy) / square));
  return Math.hypot(place.x - from.x - part * dx, place.y - from.y - part * dy);
}
