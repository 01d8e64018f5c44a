/* A lift's card: its camera, the last carrier's pictures and the recent verdicts. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Glance, Lift, Passage } from "../api/types";
import { BudgetPanel } from "../budget/panel";
import { CalibrationPanel } from "../calibration/panel";
import { t, worded, words } from "../i18n/text";
import { LivePicture } from "../overview/live-picture";
import { hrefOf } from "../route/route";
import { standing } from "../state/alarms";
import { mayAct } from "../state/session";
import { troubleOf, whyNotArmed, whyNotWatched } from "../state/watching";
import { TrialsPanel } from "../trials/panel";
import { Tested } from "../trials/tested";
import { LastCarrier } from "./last-carrier";
import { OutOfServiceNote, TakeOut } from "./out-of-service";
import { RecentCarriers } from "./recent-carriers";

interface LiftCardProps {
  /** What is known at once: all that every lift's tile shows. */
  glance: Glance | Lift;
  /** All of it; null until it was read. */
  lift: Lift | null;
  passages: readonly Passage[];
}

export function LiftCard({ glance, lift, passages }: LiftCardProps): JSX.Element {
  const shown = lift ?? glance;
  const last = passages[0];
  const why = whyNotWatched(shown, standing.value);
  const unarmed = whyNotArmed(shown);
  const camera = shown.camera_status?.state ?? "none";
  return (
    <article
      class="card"
      data-lift={shown.id}
      data-camera={camera}
      data-watched={String(why === null)}
      data-armed={String(shown.armed)}
      data-verdict={last?.verdict}
      data-occupied={last && String(last.occupied)}
      data-seat={last?.seat}
    >
      <header>
        <h3>{shown.name}</h3>
        <p class="pill" data-state={camera === "live" && why !== null ? "degraded" : camera}>
          {why ?? stateWord(shown)}
        </p>
      </header>
      {unarmed && <p class="unarmed">{unarmed.long}</p>}
      <OutOfServiceNote lift={shown} />
      {shown.camera_status && <LivePicture liftId={shown.id} name={shown.name} />}
      {lift && <Read key={lift.id} lift={lift} passages={passages} />}
    </article>
  );
}

/** What has to be read of a lift before it can be shown. */
function Read({ lift, passages }: { lift: Lift; passages: readonly Passage[] }): JSX.Element {
  const tested = useMemo(() => new Tested(lift.id), [lift.id]);
  return (
    <>
      <LastCarrier passage={passages[0]} />
      <RecentCarriers passages={passages} />
      <p class="facts">{facts(lift).join(" · ")}</p>
      <div class="row">
        {mayAct.value && (
          <a
            class="target setup"
            href={hrefOf("lifts", lift.id, "setup")}
            aria-label={t("setup.openOf", { name: lift.name })}
          >
            {t("setup.open")}
          </a>
        )}
        <a
          class="target setup"
          href={hrefOf("lifts", lift.id, "review")}
          aria-label={t("review.openOf", { name: lift.name })}
        >
          {t("review.title")}
        </a>
        <a
          class="target setup"
          href={hrefOf("lifts", lift.id, "control")}
          aria-label={t("plant.openOf", { name: lift.name })}
        >
          {t("plant.open")}
        </a>
      </div>
      <TakeOut lift={lift} />
      <CalibrationPanel
        lift={lift}
        model={passages.find((passage) => passage.model)?.model ?? null}
        tested={tested}
      />
      <BudgetPanel lift={lift} />
      <TrialsPanel lift={lift} tested={tested} />
    </>
  );
}

function stateWord({ camera_status: status }: Lift | Glance): string {
  return status ? worded(words.cameraStates, status.state, status.state) : t("lifts.noCamera");
}

function facts({ camera_status: status, mask_version: version, armed }: Lift): string[] {
  const found: string[] = [];
  if (status) {
    found.push(t("lifts.rate", { rate: status.fps }));
    if (status.line_speed)
      found.push(t("lifts.line", { speed: worded(words.lineSpeeds, status.line_speed, status.line_speed) }));
    if (status.message) found.push(troubleOf(status));
  }
  found.push(version ? t("lifts.masks", { version }) : t("lifts.noMasks"));
  if (armed) found.push(t("lifts.armed"));
  return found;
}
