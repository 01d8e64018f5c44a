/* A plot over the parts of a report. The tables below it say the same: a screen reader is told so. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { t } from "../i18n/text";
import { shareOf } from "./figure-tiles";
import { dayIn, hourIn } from "./when";

/** Seen on white and on black alike: what is printed was drawn on the screen. */
const INK = { axis: "#71808a", grid: "#71808a40" };
const HEIGHT_PX = 220;
/** A drawing does not shrink with the paper: as wide as A4 between its margins (reports.css). */
const PRINTED_PX = 680;

/** label: of the legend. stroke, fill: colours. bars: else a line. share: 0..1, on the right-hand axis. */
export interface Series {
  readonly label: string;
  readonly stroke: string;
  readonly values: readonly (number | null)[];
  readonly bars?: boolean;
  readonly share?: boolean;
}

interface PlotProps {
  readonly label: string;
  readonly zone: string;
  readonly begins: readonly string[];
  /** Whether a part is a day; else an hour. */
  readonly daily: boolean;
  readonly series: readonly Series[];
}

export function Plot({ label, zone, begins, daily, series }: PlotProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = place.current;
    if (!box) return;
    const named = (n: number): string => {
      const begin = begins[n];
      if (begin === undefined) return "";
      return daily ? dayIn(zone, begin) : hourIn(zone, begin);
    };
    const plot = new uPlot(
      {
        width: box.clientWidth,
        height: HEIGHT_PX,
        cursor: { drag: { x: false, y: false } },
        scales: {
          // By number, not by time: the hour that comes twice stands there twice.
          x: { time: false, range: [-0.6, begins.length - 0.4] },
          y: { range: (_, __, most) => [0, Math.max(most * 1.08, 1)] },
          share: { range: (_, __, most) => [0, Math.min(Math.max(most * 1.2, 0.02), 1)] },
        },
        axes: [
          {
            stroke: INK.axis,
            grid: { show: false },
            incrs: [1, 2, 3, 6, 7, 14, 28, 56],
            space: 64,
            values: (_, ticks) => ticks.map((n) => (Number.isInteger(n) ? named(n) : "")),
          },
          { stroke: INK.axis, grid: { stroke: INK.grid, width: 1 }, size: 56 },
          ...(series.some(({ share }) => share)
            ? [
                {
                  scale: "share",
                  side: 1 as const,
                  stroke: INK.axis,
                  grid: { show: false },
                  size: 60,
                  values: (_: uPlot, ticks: number[]) => ticks.map(shareOf),
                },
              ]
            : []),
        ],
        series: [
          { label: t("reports.part"), value: (_, n) => (n === null ? "" : named(n)) },
          ...series.map(
            ({ label: name, stroke, bars, share }): uPlot.Series => ({
              label: name,
              stroke,
              width: 2,
              scale: share ? "share" : "y",
              ...(bars && uPlot.paths.bars
                ? {
                    fill: `${stroke}99`,
                    paths: uPlot.paths.bars({ size: [0.7, 60] }),
                    points: { show: false },
                  }
                : { points: { show: true, size: 6, fill: stroke } }),
              value: (_, found) => (found === null ? "–" : share ? shareOf(found) : String(found)),
            }),
          ),
        ],
      },
      [begins.map((_, n) => n), ...series.map(({ values }) => [...values])],
      box,
    );
    const resize = (width: number): void => plot.setSize({ width, height: HEIGHT_PX });
    const fit = new ResizeObserver(() => resize(box.clientWidth));
    fit.observe(box);
    const printing = new AbortController();
    addEventListener("beforeprint", () => resize(PRINTED_PX), printing);
    addEventListener("afterprint", () => resize(box.clientWidth), printing);
    return () => {
      printing.abort();
      fit.disconnect();
      plot.destroy();
    };
  }, [zone, begins, daily, series]);
  return <div class="plot" ref={place} role="img" aria-label={label} />;
}
