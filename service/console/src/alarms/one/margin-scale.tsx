/* A carrier's margin on its scale: what it was compared with, and by which numbers. */

import type { JSX } from "preact";
import type { Decision, Passage } from "../../api/types";
import { t, worded, words } from "../../i18n/text";

const [WIDTH, HEIGHT, MIDDLE] = [400, 64, 30] as const;

export function MarginScale({ decision, passage }: { decision: Decision; passage: Passage }): JSX.Element {
  const { margin, open_up_to: open, closed_from: closed } = decision;
  const own = passage.images.map(({ distance_open, distance_closed }) => distance_open - distance_closed);
  const isKnown = open !== null && closed !== null;
  const says = isKnown ? t("room.margin", { margin, open, closed }) : t("room.marginAlone", { margin });
  return (
    <>
      <Scale margin={margin} own={own} open={open} closed={closed} says={says} />
      <p class="margin">{says}</p>
      <dl class="numbers">
        {Object.entries(numbersOf(decision, passage)).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function numbersOf(decision: Decision, passage: Passage): Record<string, string> {
  const own = decision.site_calibration;
  const reasons = passage.reasons.map((code) => worded(words.reasons, code, passage.reason)).join("; ");
  return {
    [t("room.verdict")]: t("room.verdictIs", {
      verdict: words.verdicts[passage.verdict],
      confidence: passage.confidence,
    }),
    ...(reasons ? { [t("room.reasons")]: reasons } : {}),
    [t("room.seat")]: t("room.seatIs", { seat: words.seats[passage.seat], occupancy: passage.occupancy }),
    [t("room.masks")]: t("room.version", { version: decision.mask_version }),
    [t("room.calibration")]:
      own === null ? t("room.notKnown") : own ? t("room.version", { version: own }) : t("room.masksAlone"),
    ...(decision.budget ? { [t("room.budget")]: t("room.version", { version: decision.budget }) } : {}),
    [t("room.model")]: decision.model || t("room.notKnown"),
  };
}

interface ScaleProps {
  margin: number;
  own: readonly number[];
  open: number | null;
  closed: number | null;
  says: string;
}

/** Open on the left, closed on the right, as the sign of the margin has it; small marks are the single pictures. */
function Scale({ margin, own, open, closed, says }: ScaleProps): JSX.Element {
  const all = [margin, ...own, ...(open === null ? [] : [open]), ...(closed === null ? [] : [closed]), 0];
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const room = Math.max(0.1, (most - least) * 0.15);
  const [from, to] = [least - room, most + room];
  const x = (value: number): number => ((value - from) / (to - from)) * WIDTH;
  const zones =
    open === null || closed === null
      ? [{ name: "none", begin: 0, end: WIDTH } as const]
      : ([
          { name: "open", begin: 0, end: x(open) },
          { name: "unknown", begin: x(open), end: x(closed) },
          { name: "closed", begin: x(closed), end: WIDTH },
        ] as const);
  const at = x(margin);
  return (
    <svg class="scale" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={says}>
      {zones.map(({ name, begin, end }) => (
        <g key={name} class={`zone ${name}`}>
          <rect x={begin} y={MIDDLE - 8} width={Math.max(0, end - begin)} height={16} />
          {name !== "none" && name !== "unknown" && (
            <text
              x={name === "open" ? 2 : WIDTH - 2}
              y={HEIGHT - 4}
              text-anchor={name === "open" ? "start" : "end"}
            >
              {words.verdicts[name]}
            </text>
          )}
        </g>
      ))}
      {own.map((each, index) => (
        <line key={index} class="single" x1={x(each)} x2={x(each)} y1={MIDDLE - 8} y2={MIDDLE + 8} />
      ))}
      <path class="mark" d={`M ${at} ${MIDDLE + 2} l -9 -20 h 18 Z`} />
    </svg>
  );
}
