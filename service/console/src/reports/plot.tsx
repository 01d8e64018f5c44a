/* A plot over the parts of a report, drawn as SVG: sharp on paper, in the colours of the page. The tables below it say
   the same: a screen reader is told so. */

import type { JSX } from "preact";
import { number, t } from "../i18n/text";
import { shareOf } from "./figure-tiles";
import { dayIn, hourIn } from "./when";

/** The drawing, and what is left beside it for the axes' numbers; it is scaled to its place. */
const [WIDTH, HEIGHT] = [680, 220];
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 64, 10, 30];
const BASE = HEIGHT - BOTTOM;
/** Between two labels of the lower axis: as much as one takes on a phone, where letters are larger. */
const APART = 130;
const WIDEST_BAR = 60;
/** So many lines at most, and the numbers they are at: 1, 2, 5, 10, 20, … of any power. */
const MOST_LINES = 5;
const EVERY = [1, 2, 3, 6, 7, 14, 28, 56];

/** label: of the legend. stroke: its colour. bars: else a line. share: 0..1, on the right-hand axis. */
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
  const nameOf = (begin: string): string => (daily ? dayIn(zone, begin) : hourIn(zone, begin));
  const each = (WIDTH - LEFT - RIGHT) / Math.max(begins.length, 1);
  // By number, not by time: the hour that comes twice stands there twice.
  const xOf = (part: number): number => LEFT + (part + 0.5) * each;
  const every = EVERY.find((parts) => parts * each >= APART) ?? begins.length;
  const [counts, shares] = [series.filter(({ share }) => !share), series.filter(({ share }) => share)];
  const count = scale(Math.max(1.08 * mostOf(counts), 1));
  const share = scale(Math.min(Math.max(1.2 * mostOf(shares), 0.02), 1));
  const says = (part: number, begin: string): string =>
    [nameOf(begin), ...series.map((one) => `${one.label}: ${written(one, part)}`)].join("\n");
  return (
    <figure class="plot">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
        {count.lines.map((value) => (
          <g key={value}>
            <path class="grid" d={`M${LEFT} ${count.yOf(value)}H${WIDTH - RIGHT}`} />
            <text x={LEFT - 8} y={count.yOf(value) + 4} text-anchor="end">
              {number(value)}
            </text>
          </g>
        ))}
        {shares.length > 0 &&
          share.lines.map((value) => (
            <text key={value} x={WIDTH - RIGHT + 8} y={share.yOf(value) + 4}>
              {shareOf(value)}
            </text>
          ))}
        {begins.map(
          (begin, part) =>
            part % every === 0 && (
              <text key={begin} x={xOf(part)} y={HEIGHT - 8} text-anchor="middle">
                {nameOf(begin)}
              </text>
            ),
        )}
        {series.map((one) => {
          const yOf = one.share ? share.yOf : count.yOf;
          const Drawn = one.bars ? Bars : Line;
          return (
            <Drawn
              key={one.label}
              series={one}
              xOf={xOf}
              yOf={yOf}
              width={Math.min(0.7 * each, WIDEST_BAR)}
            />
          );
        })}
        {begins.map((begin, part) => (
          <rect key={begin} class="part" x={xOf(part) - each / 2} y={TOP} width={each} height={BASE - TOP}>
            <title>{says(part, begin)}</title>
          </rect>
        ))}
      </svg>
      <figcaption>
        {series.map(({ label: name, stroke }) => (
          <span key={name}>
            <i style={{ background: stroke }} /> {name}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

interface DrawnProps {
  series: Series;
  xOf: (part: number) => number;
  yOf: (value: number) => number;
  width: number;
}

function Bars({ series: { values, stroke }, xOf, yOf, width }: DrawnProps): JSX.Element {
  const path = values.map((value, part) =>
    value ? `M${xOf(part) - width / 2} ${BASE}V${yOf(value)}h${width}V${BASE}z` : "",
  );
  return <path d={path.join("")} fill={stroke} fill-opacity={0.6} stroke={stroke} />;
}

/** A part without a value breaks the line. */
function Line({ series: { values, stroke }, xOf, yOf }: DrawnProps): JSX.Element {
  const at = (value: number, part: number): string => `${xOf(part)} ${yOf(value)}`;
  const path = values.map((value, part) =>
    value === null ? "" : `${values[part - 1] == null ? "M" : "L"}${at(value, part)}`,
  );
  const points = values.map((value, part) => (value === null ? "" : `M${at(value, part)}h0`));
  return (
    <g fill="none" stroke={stroke} stroke-linecap="round">
      <path d={path.join("")} stroke-width={2} />
      <path d={points.join("")} stroke-width={7} />
    </g>
  );
}

const mostOf = (series: readonly Series[]): number =>
  Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)));

const written = ({ values, share }: Series, part: number): string => {
  const value = values[part] ?? null;
  return share ? shareOf(value) : value === null ? t("reports.none") : number(value);
};

/** From 0 at the bottom to the most at the top; `lines`: where its round numbers are. */
function scale(most: number): { yOf: (value: number) => number; lines: number[] } {
  const power = 10 ** Math.floor(Math.log10(most / MOST_LINES));
  const step = power * ([1, 2, 5].find((times) => most / (power * times) <= MOST_LINES) ?? 10);
  const lines = Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
  return { yOf: (value) => BASE - (value / most) * (BASE - TOP), lines };
}
