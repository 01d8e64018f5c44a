/* How large tiles are, so that all of them fit. Pure. */

/** Pixels: between tiles; a heading with what is around it; the widest tile; the flattest one that can be read. */
const GAP = 8;
const HEADING = 28;
const WIDEST = 1100;
const FLATTEST = 64;
/** Height of a tile beside its picture, which is nine sixteenths as high as it is wide. */
const LINES = 75;
/** Width to height at which a tile holds its picture and four lines best. */
const SHAPE = 1.25;

export interface Grid {
  columns: number;
  rowPx: number;
}

/** The columns at which tiles become largest. counts: tiles of each group; headings: how many are shown. */
export function fitted(counts: readonly number[], headings: number, width: number, height: number): Grid {
  let best: Grid = { columns: 1, rowPx: FLATTEST };
  let size = 0;
  const most = Math.max(1, ...counts);
  for (let columns = 1; columns <= most; columns += 1) {
    const rows = counts.reduce((sum, count) => sum + Math.ceil(count / columns), 0);
    const columnPx = Math.min((width - GAP * (columns - 1)) / columns, WIDEST);
    const free = height - headings * (HEADING + GAP) - GAP * Math.max(rows - 1, 0);
    const rowPx = Math.min(free / Math.max(rows, 1), columnPx * (9 / 16) + LINES);
    const found = Math.min(columnPx, rowPx * SHAPE);
    if (found > size) [best, size] = [{ columns, rowPx: Math.max(FLATTEST, Math.floor(rowPx)) }, found];
  }
  return best;
}

/** Columns of tiles that are at least so wide, and as high as suits them; no more columns than tiles. */
export function roomy(counts: readonly number[], width: number, leastPx: number): Grid {
  const most = Math.max(1, ...counts);
  const columns = Math.min(most, Math.max(1, Math.floor((width + GAP) / (leastPx + GAP))));
  const columnPx = Math.min((width - GAP * (columns - 1)) / columns, WIDEST);
  return { columns, rowPx: Math.round(columnPx * (9 / 16) + LINES) };
}
