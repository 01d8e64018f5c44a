/*
 * A plot over the parts of a report, placed in shares of its width: it fits a phone and paper without being drawn
 * again. The tables below it say the same: a screen reader is told so.
 */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { number, t } from "../i18n/text";
import { scaleFor } from "../review/interval";
import { shareOf } from "./figure-tiles";
import { dayIn, hourIn } from "./when";

/** How many parts lie between two that are named: hours of a day, days of a week or a season. */
const STEPS = [1, 2, 3, 6, 7, 14, 28, 56];
const MOST_NAMED = 9;
const MOST_LINES = 5;
/** How much of a part's room a bar takes. */
const BAR = 0.7;

/** label: of the legend. colour: seen on white and on black alike. bars: else a line. share: 0..1, on the right-hand axis. */
export interface Series {
  readonly label: string;
  readonly colour: string;
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
  /** The part that is pointed at: the legend has its numbers. */
  const at = useSignal(-1);
  const shown = begins[at.value];
  const named = (begin: string): string => (daily ? dayIn : hourIn)(zone, begin);
  const step = STEPS.find((each) => begins.length <= each * MOST_NAMED) ?? begins.length;
  const ends = {
    left: Math.max(1, 1.08 * most(series.filter(({ share }) => !share))),
    right: Math.min(1, Math.max(0.02, 1.2 * most(series.filter(({ share }) => share)))),
  };
  return (
    <figure class="plot">
      <svg
        role="img"
        aria-label={label}
        onPointerLeave={() => {
          at.value = -1;
        }}
      >
        {linesUpTo(ends.left).map((value) => (
          <g key={value}>
            <line class="grid" x2="100%" y1={up(value / ends.left)} y2={up(value / ends.left)} />
            <text class="left" x="-8" y={up(value / ends.left)}>
              {number(value)}
            </text>
          </g>
        ))}
        {series.some(({ share }) => share) &&
          linesUpTo(ends.right).map((value) => (
            <text key={value} class="right" x="100%" dx="8" y={up(value / ends.right)}>
              {shareOf(value)}
            </text>
          ))}
        {series.map((one) => (
          <Drawn key={one.label} {...one} end={one.share ? ends.right : ends.left} />
        ))}
        {begins.map((begin, n) => (
          <g key={begin}>
            {n % step === 0 && (
              <text
                class={n % (2 * step) ? "below other" : "below"}
                x={middle(n, begins.length)}
                y="100%"
                dy="18"
              >
                {named(begin)}
              </text>
            )}
            <rect
              class="part"
              data-at={n === at.value}
              x={along(n / begins.length)}
              width={along(1 / begins.length)}
              height="100%"
              onPointerEnter={() => {
                at.value = n;
              }}
            />
          </g>
        ))}
      </svg>
      <figcaption class="note">
        <span>{shown === undefined ? t("reports.part") : named(shown)}</span>
        {series.map(({ label: name, colour, values, share }) => (
          <span key={name}>
            <svg class="mark" aria-hidden="true">
              <rect width="100%" height="100%" fill={colour} />
            </svg>
            {name} {shown !== undefined && inWords(values[at.value] ?? null, share)}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

/** end: the value at the upper edge. */
function Drawn({ colour, values, bars, end }: Series & { end: number }): JSX.Element {
  const count = values.length;
  return (
    <g fill={colour} stroke={bars ? "none" : colour}>
      {values.map((value, n) => {
        if (value === null) return null;
        const key = `${n}`;
        const y = up(value / end);
        if (bars) {
          const x = along((n + (1 - BAR) / 2) / count);
          return <rect key={key} x={x} width={along(BAR / count)} y={y} height={along(value / end)} />;
        }
        const next = values[n + 1] ?? null;
        return (
          <g key={key}>
            <circle cx={middle(n, count)} cy={y} r="3" />
            {next !== null && (
              <line x1={middle(n, count)} y1={y} x2={middle(n + 1, count)} y2={up(next / end)} />
            )}
          </g>
        );
      })}
    </g>
  );
}

const along = (share: number): string => `${100 * share}%`;
const up = (share: number): string => along(1 - share);
const middle = (n: number, count: number): string => along((n + 0.5) / count);

const most = (series: readonly Series[]): number =>
  Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)));

/** Round values from 0 to an end, a handful. */
function linesUpTo(end: number): number[] {
  const step = scaleFor(end / MOST_LINES, end);
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, n) => n * step);
}

const inWords = (value: number | null, share = false): string =>
  share || value === null ? shareOf(value) : number(value);
