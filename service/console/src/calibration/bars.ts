/* A lift's margins sorted into bars. */

const BARS = 30;

export interface Bar {
  from: number;
  width: number;
  count: number;
  /** On the open side of the threshold. */
  open: boolean;
}

/** Sort margins into bars of equal width; one edge is the threshold, so that no bar belongs to both clusters. */
export function sortIntoBars(margins: readonly number[], threshold: number): Bar[] {
  const ends = [...margins, threshold, 0];
  const width = Math.max((Math.max(...ends) - Math.min(...ends)) / BARS, 1e-3);
  const counts = new Map<number, number>();
  for (const margin of margins) {
    const at = Math.floor((margin - threshold) / width);
    const bar = margin < threshold ? Math.min(at, -1) : Math.max(at, 0); // rounding changes nobody's side
    counts.set(bar, (counts.get(bar) ?? 0) + 1);
  }
  return [...counts].map(([bar, count]) => ({ from: threshold + bar * width, width, count, open: bar < 0 }));
}
