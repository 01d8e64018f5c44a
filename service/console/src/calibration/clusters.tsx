/* A lift's margins as a picture: a cluster on either side of the threshold, and where the masks alone would separate them. */

import type { JSX } from "preact";
import { useId, useMemo } from "preact/hooks";
import { number, t } from "../i18n/text";
import { type Bar, sortIntoBars } from "./bars";

const WIDTH = 300;
const TOP = 8;
const FLOOR = 120; // where the bars stand
const HEIGHT = 126;
const LEAST = 3; // one carrier in a thousand must still be seen

/** "0.12"; what rounds to nothing has no sign. */
export const hundredths = (margin: number): string => number(Math.abs(margin) < 0.005 ? 0 : margin, 2);

interface ClustersProps {
  margins: readonly number[];
  threshold: number;
}

/** The margins and the threshold of a site calibration as a figure with its legend. */
export function Clusters({ margins, threshold }: ClustersProps): JSX.Element {
  const stripes = `stripes-${useId()}`;
  const bars = useMemo(() => sortIntoBars(margins, threshold), [margins, threshold]);
  const low = Math.min(0, threshold, ...bars.map((bar) => bar.from));
  const high = Math.max(0, threshold, ...bars.map((bar) => bar.from + bar.width));
  const edge = 0.03 * (high - low);
  const x = (margin: number): number => (WIDTH * (margin - low + edge)) / (high - low + 2 * edge);
  const tallest = Math.max(...bars.map((bar) => bar.count));
  const open = margins.filter((margin) => margin < threshold).length;
  const closed = margins.length - open;
  const says = t("clusters.says", {
    carriers: t("clusters.carriers", { count: margins.length }),
    open,
    closed,
    threshold: hundredths(threshold),
  });
  const line = (margin: number, name: string): JSX.Element => (
    <line class={name} x1={x(margin).toFixed(1)} x2={x(margin).toFixed(1)} y1={0} y2={FLOOR + 4} />
  );
  return (
    <figure class="clusters">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={says}>
        <defs>
          <pattern
            id={stripes}
            width={5}
            height={5}
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect class="stripe" width={2.5} height={5} />
          </pattern>
        </defs>
        {bars.map((bar) => (
          <BarOf key={bar.from} bar={bar} x={x} tallest={tallest} stripes={stripes} />
        ))}
        <line class="floor" x1={0} x2={WIDTH} y1={FLOOR} y2={FLOOR} />
        {line(0, "zero")}
        {line(threshold, "threshold")}
      </svg>
      <p class="ends" aria-hidden="true">
        <span>{t("clusters.nearerOpen")}</span>
        <span>{t("clusters.nearerClosed")}</span>
      </p>
      <figcaption>
        <ul class="legend">
          <KeyOf name="open" text={t("clusters.open", { count: open })} />
          <KeyOf name="closed" text={t("clusters.closed", { count: closed })} />
          <KeyOf name="threshold" text={t("clusters.threshold", { threshold: hundredths(threshold) })} />
          <KeyOf name="zero" text={t("clusters.zero")} />
        </ul>
      </figcaption>
    </figure>
  );
}

interface BarProps {
  bar: Bar;
  x: (margin: number) => number;
  tallest: number;
  stripes: string;
}

function BarOf({ bar, x, tallest, stripes }: BarProps): JSX.Element {
  const { from, width, count, open } = bar;
  const height = Math.max(((FLOOR - TOP) * count) / tallest, LEAST);
  return (
    <rect
      class={open ? "bar open" : "bar closed"}
      x={x(from).toFixed(1)}
      y={(FLOOR - height).toFixed(1)}
      width={(x(from + width) - x(from)).toFixed(1)}
      height={height.toFixed(1)}
      fill={open ? `url(#${stripes})` : undefined}
    >
      <title>
        {t("clusters.bar", {
          carriers: t("clusters.carriers", { count }),
          from: hundredths(from),
          to: hundredths(from + width),
        })}
      </title>
    </rect>
  );
}

function KeyOf({ name, text }: { name: string; text: string }): JSX.Element {
  return (
    <li>
      <span class={`key ${name}`} aria-hidden="true" />
      {text}
    </li>
  );
}
