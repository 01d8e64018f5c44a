/* A lift as a tile: what it needs, what its camera sees and how old that is, its line, its last carriers. */

import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import type { CarrierMark, Line } from "../api/types";
import { t, words } from "../i18n/text";
import { MARKS } from "../lifts/last-carrier";
import { hrefOf } from "../route/route";
import { liftOf } from "../state/lifts";
import { LivePicture } from "./live-picture";
import { states } from "./need";

interface TileProps {
  liftId: string;
  /** Whether it leads to the lift's page; on a wall nobody touches it. */
  isLink: boolean;
}

export function Tile({ liftId, isLink }: TileProps): JSX.Element {
  const lift = useComputed(() => liftOf(liftId)).value;
  const state = useComputed(() => states.value.get(liftId)).value;
  if (!lift || !state) return <li class="tile gone" aria-hidden="true" />; // its place is kept while others are touched
  const { name, line, recent } = lift;
  const need = words.needs[state.need];
  return (
    <li class="tile" data-lift={liftId} data-need={state.need}>
      <b class="name">{name}</b>
      <div class="middle">
        <LivePicture liftId={liftId} name={name} />
        <p class="need">
          {/* Not an empty text: Preact would write it anew each time. */}
          <strong>{need}</strong> {state.why || null}
        </p>
      </div>
      <p class="flow">
        <Flow line={line} />
      </p>
      <Marks marks={recent} />
      {isLink && (
        <a class="cover" href={hrefOf("lifts", liftId)} title={state.why || undefined}>
          <span class="hidden">
            {t(state.why ? "overview.tileWhy" : "overview.tile", { name, need, why: state.why })}
          </span>
        </a>
      )}
    </li>
  );
}

/** Speed and carriers an hour, as far as somebody measured them. */
function Flow({ line }: { line: Line }): JSX.Element {
  const { speed_m_per_s: speed, carriers_per_hour: carriers } = line;
  return (
    <>
      {speed !== null && <span>{t("overview.speed", { speed })}</span>}
      {carriers !== null && (
        <span>
          {t("overview.flow", { carriers })}
          <span class="hidden">{t("overview.flowUnit")}</span>
        </span>
      )}
      {speed === null && carriers === null && <span>{t("overview.noFlow")}</span>}
    </>
  );
}

/** The last carriers, newest first: for the eye as marks, for the ear as counts. */
function Marks({ marks }: { marks: readonly CarrierMark[] }): JSX.Element {
  const count = (verdict: CarrierMark["verdict"]): number =>
    marks.filter((mark) => mark.verdict === verdict).length;
  const said = marks.length
    ? t("overview.marks", {
        count: marks.length,
        open: count("open"),
        closed: count("closed"),
        unknown: count("unknown"),
      })
    : t("carrier.none");
  return (
    <div class="marks" role="img" aria-label={said}>
      {marks.map(({ id, verdict, seat }) => (
        <i key={id} data-verdict={verdict} data-seat={seat}>
          {MARKS[verdict]}
        </i>
      ))}
    </div>
  );
}
