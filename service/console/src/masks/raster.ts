/* A drawing becomes pixels exactly as the service does it: a pixel is bar if its centre is near enough to a line. */

import type { Drawing } from "../api/types";

export const SIZE = 200;

/** 255 where a drawing shows the bar, SIZE × SIZE, row by row. */
export function raster({ lines = [] }: Drawing): Uint8ClampedArray {
  const mask = new Uint8ClampedArray(SIZE * SIZE);
  for (const { points, width } of lines) {
    const ends = points.length > 1 ? points.slice(1) : points;
    ends.forEach((end, i) => {
      stroke(mask, points[i] ?? end, end, width / 2);
    });
  }
  return mask;
}

type At = readonly [number, number];

function stroke(mask: Uint8ClampedArray, [x0, y0]: At, [x1, y1]: At, radius: number): void {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const square = dx * dx + dy * dy;
  const top = Math.max(0, Math.ceil(Math.min(y0, y1) - radius));
  const bottom = Math.min(SIZE - 1, Math.floor(Math.max(y0, y1) + radius));
  const left = Math.max(0, Math.ceil(Math.min(x0, x1) - radius));
  const right = Math.min(SIZE - 1, Math.floor(Math.max(x0, x1) + radius));
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const part = square ? Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / square)) : 0;
      const [ox, oy] = [x - x0 - part * dx, y - y0 - part * dy];
      if (ox * ox + oy * oy <= radius * radius + 1e-9) mask[y * SIZE + x] = 255;
    }
  }
}

/** A drawing as a PNG, white on black. */
export async function toPng(drawing: Drawing): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = SIZE;
  canvas.height = SIZE;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  const image = context.createImageData(SIZE, SIZE);
  raster(drawing).forEach((value, i) => {
    image.data.set([value, value, value, 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no PNG"))), "image/png");
  });
}
