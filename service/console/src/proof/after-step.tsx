/* Step 6: versions of masks and tracks with their pictures; compare two, go back to one. */

import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { get, post } from "../api/client";
import type { MaskVersion, TrackHistory, TrackVersion } from "../api/types";
import { type Busy, Button } from "../components/button";
import { Picture } from "../components/picture";
import { t } from "../i18n/text";
import { clockTime } from "../i18n/time";
import type { SetupJob } from "../setup/job";
import { goTo } from "../setup/steps";
import { mayAct, person } from "../state/session";
import { MaskOverlay } from "./mask-overlay";

export function AfterStep({ job }: { job: SetupJob }): JSX.Element {
  const tracks = useSignal<readonly TrackVersion[]>([]);
  const outcome = useSignal("");
  const { path } = job;
  const readTracks = async (): Promise<void> => {
    tracks.value = (await get<TrackHistory>(`${path}/tracks`)).items;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each lift
  useEffect(() => {
    readTracks().catch(() => null); // the page says by itself when it is not connected
  }, [path]);
  const goBack = async (kind: "masks" | "tracks", version: number): Promise<void> => {
    outcome.value = "";
    const done = await job.act(async () => {
      await post(`${path}/${kind}/${version}/activate`);
      await readTracks();
    });
    if (done) outcome.value = t("after.done", { version });
  };
  const again = async (): Promise<void> => {
    if (await job.start({}, true)) goTo(job.liftId, "carriers");
  };
  const picture = job.carriers.value?.items[0]?.pictures.middle;
  return (
    <>
      <p class="outcome" role="status">
        {outcome}
      </p>
      <Versions
        title={t("after.masks")}
        items={job.masks.value}
        mayGoBack={person.value?.role === "admin"}
        busy={job.busy}
        goBack={(version) => goBack("masks", version)}
        show={({ version }: MaskVersion) => (
          <MaskOverlay
            liftId={job.liftId}
            version={version}
            picture={picture}
            alt={t("after.maskPicture", { version })}
          />
        )}
      />
      {person.value?.role === "operator" && <p class="note">{t("after.admin")}</p>}
      <Versions
        title={t("after.tracks")}
        items={tracks.value}
        mayGoBack={mayAct.value}
        busy={job.busy}
        goBack={(version) => goBack("tracks", version)}
        show={({ version, picture: view }: TrackVersion) =>
          view ? (
            <Picture url={view} alt={t("after.trackPicture", { version })} />
          ) : (
            <p class="note">{t("after.noPicture")}</p>
          )
        }
      />
      {mayAct.value && (
        <div class="row">
          <p>{t("after.moved")}</p>
          <Button class="quiet" busy={job.busy} onPress={again}>
            {t("after.again")}
          </Button>
        </div>
      )}
    </>
  );
}

interface Version {
  version: number;
  active: boolean;
  created_at: string;
}

interface VersionsProps<Kind extends Version> {
  title: string;
  items: readonly Kind[];
  mayGoBack: boolean;
  busy: Busy;
  goBack: (version: number) => unknown;
  show: (item: Kind) => JSX.Element;
}

/** All versions; two that are compared stand side by side above them. */
function Versions<Kind extends Version>(props: VersionsProps<Kind>): JSX.Element | null {
  const { title, items, mayGoBack, busy, goBack, show } = props;
  const compared = useSignal<readonly number[]>([]);
  if (!items.length) return null;
  const pair = items.filter(({ version }) => compared.value.includes(version));
  return (
    <section class="versions">
      <h4>{title}</h4>
      {pair.length === 2 && (
        <div class="pair" data-compared={pair.map(({ version }) => version).join(" ")}>
          {pair.map((item) => (
            <figure key={item.version}>
              {show(item)}
              <figcaption>
                {t("after.version", { version: item.version, time: clockTime(item.created_at) })}
              </figcaption>
            </figure>
          ))}
        </div>
      )}
      <ul class="carriers">
        {items.map((item) => (
          <li key={item.version} data-version={item.version} data-active={String(item.active)}>
            {show(item)}
            <p class="said">
              {t("after.version", { version: item.version, time: clockTime(item.created_at) })}
              {item.active && <b> {t("after.active")}</b>}
            </p>
            <div class="taps">
              <Compare title={title} version={item.version} compared={compared} />
              {mayGoBack && !item.active && (
                <Button
                  class="quiet"
                  label={t("after.backTo", { kind: title, version: item.version })}
                  busy={busy}
                  onPress={() => goBack(item.version)}
                >
                  {t("after.back")}
                </Button>
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface CompareProps {
  title: string;
  version: number;
  compared: Signal<readonly number[]>;
}

function Compare({ title, version, compared }: CompareProps): JSX.Element {
  const isIn = compared.value.includes(version);
  return (
    <Button
      class="quiet"
      pressed={isIn}
      label={t("after.compareWith", { kind: title, version })}
      onPress={() => {
        const others = compared.value.filter((other) => other !== version);
        compared.value = isIn ? others : [...others.slice(-1), version];
      }}
    >
      {t("after.compare")}
    </Button>
  );
}
