/* The proposed track over the camera's picture; begin and end are dragged, or moved by the arrow keys. */

import { computed, type Signal, useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { address } from "../api/client";
import type { Setup } from "../api/types";
import { Button } from "../components/button";
import { DiscardingButton } from "../components/discarding";
import { arrowOf, FINGER_PX, follow, useSurface } from "../drawing/surface";
import { t, words } from "../i18n/text";
import { mayAct } from "../state/session";
import type { SetupJob } from "./job";
import { type Place, placeAt, progressNear } from "./path";
import { goTo } from "./steps";

const PLACES = ["begin", "middle", "end"] as const;
type At = (typeof PLACES)[number];
const STEP = 0.01;
const LEAST_APART = 0.16;

export function TrackEditor({ job, found }: { job: SetupJob; found: Setup }): JSX.Element {
  const at = useSignal<At>("middle");
  const begin = useSignal(0);
  const end = useSignal(1);
  const isMoved = useComputed(() => begin.value !== 0 || end.value !== 1);
  const { proposal, width, height } = found;
  if (!proposal || !width || !height) return <p class="note">{t("setup.reading")}</p>;
  const { track, interval_s: interval } = proposal;
  const round = ({ x, y }: Place): Place => ({ x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10 });
  const cutAgain = (): Promise<boolean> =>
    job.moveTrack({
      ...(begin.value !== 0 && { begin: round(placeAt(track, begin.value)) }),
      ...(end.value !== 1 && { end: round(placeAt(track, end.value)) }),
    });
  const use = async (): Promise<void> => {
    if (await job.watch()) goTo(job.liftId, "pick");
  };
  const picture = address(`${job.path}/setup/picture.jpg?at=${at.value}&revision=${found.revision}`);
  return (
    <>
      <p>{t("find.found", { count: found.carriers, interval })}</p>
      <p class="note">{t("find.check")}</p>
      {proposal.warnings.map((code) => (
        <p key={code} class="warning">
          {words.setupWarnings[code]}
        </p>
      ))}
      <fieldset class="choices" aria-label={t("find.at")}>
        {PLACES.map((place) => (
          <Button
            key={place}
            class="quiet"
            pressed={at.value === place}
            onPress={() => {
              at.value = place;
            }}
          >
            {t(`find.at.${place}`)}
          </Button>
        ))}
      </fieldset>
      <div class="track">
        <img src={picture} alt={t("find.picture")} width={width} height={height} />
        <Line found={found} begin={begin} end={end} size={[width, height]} />
      </div>
      {mayAct.value && (
        <div class="row">
          {isMoved.value ? (
            <>
              <DiscardingButton class="go" busy={job.busy} picks={job.picks.value} onPress={cutAgain}>
                {t("find.cut")}
              </DiscardingButton>
              <Button
                class="quiet"
                onPress={() => {
                  begin.value = 0;
                  end.value = 1;
                }}
              >
                {t("find.reset")}
              </Button>
            </>
          ) : (
            <Button class="go" busy={job.busy} onPress={use}>
              {t("find.use")}
            </Button>
          )}
          {found.watched && <span class="note">{t("find.watched")}</span>}
        </div>
      )}
    </>
  );
}

interface LineProps {
  found: Setup;
  begin: Signal<number>;
  end: Signal<number>;
  size: [number, number];
}

/** Drawn once; while an end is dragged only the attributes of that end and of the line change. */
function Line({ found, begin, end, size: [width, height] }: LineProps): JSX.Element | null {
  const surface = useSurface(width);
  const track = found.proposal?.track;
  const points = useMemo(
    () =>
      computed(() => {
        if (!track) return "";
        const middle = (begin.value + end.value) / 2;
        const places = [begin.value, middle, end.value].map((progress) => placeAt(track, progress));
        return places.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
      }),
    [track, begin, end],
  );
  if (!track) return null;
  const handle = (name: "begin" | "end", progress: Signal<number>): JSX.Element => {
    const move = (wanted: number): void => {
      progress.value =
        name === "begin"
          ? Math.min(wanted, end.value - LEAST_APART)
          : Math.max(wanted, begin.value + LEAST_APART);
    };
    const place = (): Place => placeAt(track, progress.value);
    const says = (): string => {
      const { x, y } = place();
      return t("find.where", { x, y });
    };
    return (
      <Handle
        label={t(`find.mark.${name}`)}
        name={name}
        place={place}
        says={says}
        progress={progress}
        unit={surface.unit}
        onDown={(event) => follow(event, { onMove: (moved) => move(progressNear(track, surface.at(moved))) })}
        onArrow={(by) => {
          const along = Math.sign(track.end.x - track.begin.x) || 1;
          move(progress.value + STEP * (by.x ? by.x * along : by.y));
        }}
      />
    );
  };
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: its handles have names, the picture below it has one
    <svg ref={surface.ref} viewBox={`0 0 ${width} ${height}`}>
      <polyline class="rope under" points={points} />
      <polyline class="rope" points={points} />
      {handle("begin", begin)}
      {handle("end", end)}
    </svg>
  );
}

interface HandleProps {
  label: string;
  name: string;
  place: () => Place;
  says: () => string;
  progress: Signal<number>;
  unit: Signal<number>;
  onDown: (event: PointerEvent) => void;
  onArrow: (by: Place) => void;
}

function Handle({ label, name, place, says, progress, unit, onDown, onArrow }: HandleProps): JSX.Element {
  const x = useComputed(() => place().x);
  const y = useComputed(() => place().y);
  const text = useComputed(says);
  const now = useComputed(() => Math.round(progress.value * 100));
  const large = useComputed(() => FINGER_PX * unit.value);
  const small = useComputed(() => 11 * unit.value);
  const edit = mayAct.value;
  return (
    <g
      class={`handle ${name}`}
      role="slider"
      tabindex={0}
      aria-label={label}
      aria-valuemin={-45}
      aria-valuemax={145}
      aria-valuenow={now}
      aria-valuetext={text}
      aria-disabled={!edit || undefined}
      onPointerDown={(event) => {
        if (edit) onDown(event);
      }}
      onKeyDown={(event) => {
        const by = arrowOf(event);
        if (!by || !edit) return;
        event.preventDefault();
        onArrow(by);
      }}
    >
      <circle class="hit" cx={x} cy={y} r={large} />
      <circle class="dot" cx={x} cy={y} r={small} />
    </g>
  );
}
