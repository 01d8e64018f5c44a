/* Step 2: the service looks at the camera until it knows the carriers' way; then begin and end can be moved. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { address } from "../api/client";
import type { Setup } from "../api/types";
import { Button } from "../components/button";
import { t, worded, words } from "../i18n/text";
import { mayAct } from "../state/session";
import type { SetupJob } from "./job";
import { goTo, hrefOfStep } from "./steps";
import { TrackEditor } from "./track";
import { keepTyped } from "./typed";

const LONGER = 1.6;
const MOST_S = 180; // as the service takes it

export function FindStep({ job }: { job: SetupJob }): JSX.Element {
  const found = job.job.value;
  if (!found) {
    return (
      <p class="note">
        {t("setup.noJob")}{" "}
        <a class="target" href={hrefOfStep(job.liftId, "address")}>
          {t("setup.step.address")}
        </a>
      </p>
    );
  }
  if (found.state === "running") return <Running job={job} found={found} />;
  if (found.state === "ready") return <TrackEditor key={found.revision} job={job} found={found} />;
  return <Failed job={job} found={found} />;
}

function Running({ job, found }: { job: SetupJob; found: Setup }): JSX.Element {
  const step = words.setupSteps[found.step];
  return (
    <>
      <p>{t("find.what")}</p>
      <LivePicture job={job} />
      <Progress step={step} share={found.progress} />
      {mayAct.value && (
        <div class="row">
          <Button
            class="quiet"
            busy={job.busy}
            onPress={async () => {
              keepTyped(job.liftId, found); // to be corrected, not to be typed again
              if (await job.cancel()) goTo(job.liftId, "address");
            }}
          >
            {t("find.cancel")}
          </Button>
        </div>
      )}
    </>
  );
}

/** The bar moves with every poll; a screen reader is told each step, and every quarter of it. */
function Progress({ step, share }: { step: string; share: number }): JSX.Element {
  const quarter = Math.floor(share * 4) / 4;
  return (
    <div class="progress">
      <progress max={1} value={share} aria-label={step} />
      <p aria-hidden="true">{t("find.progress", { step, share })}</p>
      <p class="hidden" role="status">
        {t("find.progress", { step, share: quarter })}
      </p>
    </div>
  );
}

/** The old picture stays until the new one is there. */
function LivePicture({ job }: { job: SetupJob }): JSX.Element {
  const shown = useSignal<string | undefined>(undefined);
  const tick = job.tick.value;
  useEffect(() => {
    const next = new Image();
    next.onload = () => {
      shown.value = next.src;
    };
    next.src = address(`${job.path}/setup/picture.jpg?tick=${tick}`);
  }, [job, tick, shown]);
  return (
    <div class="live">
      {shown.value && <img src={shown} alt={t("find.live")} width={1280} height={720} />}
    </div>
  );
}

function Failed({ job, found }: { job: SetupJob; found: Setup }): JSX.Element {
  const code = found.problem?.code ?? found.state;
  const why = worded(words.setupProblems, code, code, found.problem?.parameters);
  const again = (seconds: number): void => {
    const { url, substream, transport, credentials, name } = found;
    void job.start({ url, substream, transport, credentials, name, seconds }, true);
  };
  return (
    <>
      <p class="problem" role="alert">
        {why}
      </p>
      {mayAct.value && (
        <div class="row">
          <Button busy={job.busy} onPress={() => again(found.seconds)}>
            {t("find.retry")}
          </Button>
          <Button
            class="quiet"
            busy={job.busy}
            onPress={() => again(Math.min(MOST_S, Math.round(found.seconds * LONGER)))}
          >
            {t("find.longer")}
          </Button>
          <a class="target" href={hrefOfStep(job.liftId, "address")}>
            {t("setup.step.address")}
          </a>
        </div>
      )}
    </>
  );
}
