/* A lift's margins as a picture: a cluster on either side of the threshold, and where the masks alone would separate them. */

import { h, svg } from "./dom.js";

const WIDTH = 300;
const TOP = 8;
const FLOOR = 120; // where the bars stand
const HEIGHT = 142;
const BARS = 30;
const LEAST = 3; // one carrier in a thousand must still be seen
let drawn = 0;

/** "0.12"; what rounds to nothing has no sign. */
export const hundredths = (margin) => (Math.abs(margin) < 0.005 ? 0 : margin).toFixed(2);

const carriers = (count) => (count === 1 ? "1 carrier" : `${count} carriers`);

/** Sort margins into bars of equal width; one edge is the threshold, so that no bar belongs to both clusters. */
export function bars(margins, threshold) {
  const ends = [...margins, threshold, 0];
  const width = Math.max((Math.max(...ends) - Math.min(...ends)) / BARS, 1e-3);
  const counts = new Map();
  for (const margin of margins) {
    const at = Math.floor((margin - threshold) / width);
    const bar = margin < threshold ? Math.min(at, -1) : Math.max(at, 0); // rounding changes nobody's side
    counts.set(bar, (counts.get(bar) ?? 0) + 1);
  }
  return [...counts].map(([bar, count]) => ({ from: threshold + bar * width, width, count, open: bar < 0 }));
}

/** Draw a site calibration of the API (margins, threshold) as a figure with its legend. */
export function clustersFigure({ margins, threshold }) {
  const stripes = `stripes-${(drawn += 1)}`;
  const found = bars(margins, threshold);
  const low = Math.min(0, threshold, ...found.map((bar) => bar.from));
  const high = Math.max(0, threshold, ...found.map((bar) => bar.from + bar.width));
  const edge = 0.03 * (high - low);
  const x = (margin) => (WIDTH * (margin - low + edge)) / (high - low + 2 * edge);
  const tallest = Math.max(...found.map((bar) => bar.count));
  const open = margins.filter((margin) => margin < threshold).length;
  const closed = margins.length - open;

  const bar = ({ from, width, count, open: isOpen }) => {
    const height = Math.max(((FLOOR - TOP) * count) / tallest, LEAST);
    const shape = {
      class: isOpen ? "bar open" : "bar closed",
      x: x(from).toFixed(1), y: (FLOOR - height).toFixed(1),
      width: (x(from + width) - x(from)).toFixed(1), height: height.toFixed(1),
    };
    const says = `${carriers(count)}, margin ${hundredths(from)} to ${hundredths(from + width)}`;
    return svg("rect", isOpen ? { ...shape, fill: `url(#${stripes})` } : shape, svg("title", {}, says));
  };
  const line = (margin, name) =>
    svg("line", { class: name, x1: x(margin).toFixed(1), x2: x(margin).toFixed(1), y1: 0, y2: FLOOR + 4 });

  const picture = svg(
    "svg",
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img",
      "aria-label":
        `Margins of ${carriers(margins.length)}: ${open} below the threshold ${hundredths(threshold)}, nearer to open, ` +
        `${closed} above it, nearer to closed. The masks alone part them at 0.`,
    },
    svg("defs", {},
      svg("pattern", { id: stripes, width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
        svg("rect", { class: "stripe", width: 2.5, height: 5 }))),
    found.map(bar),
    svg("line", { class: "floor", x1: 0, x2: WIDTH, y1: FLOOR, y2: FLOOR }),
    line(0, "zero"),
    line(threshold, "threshold"),
    svg("text", { x: 0, y: HEIGHT - 4 }, "◂ nearer to open"),
    svg("text", { x: WIDTH, y: HEIGHT - 4, "text-anchor": "end" }, "nearer to closed ▸"),
  );
  const key = (name, text) => h("li", {}, h("span", { class: `key ${name}`, "aria-hidden": "true" }), text);
  const legend = h("ul", { class: "legend" },
    key("open", `▲ ${open} open`), key("closed", `● ${closed} closed`),
    key("threshold", `threshold ${hundredths(threshold)}`), key("zero", "masks alone: 0"));
  return h("figure", { class: "clusters" }, picture, h("figcaption", {}, legend));
}
