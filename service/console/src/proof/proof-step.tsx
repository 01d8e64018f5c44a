/* Step 5: the next carriers with masks and verdicts, and whether the lift can be relied on: go, wait or no go. */

import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { get, post } from "../api/client";
import type { Check, CheckReason, Passage, Verdict } from "../api/types";
import { Clusters } from "../calibration/clusters";
import { Button } from "../components/button";
import { fill, t, words } from "../i18n/text";
import { MARKS } from "../lifts/last-carrier";
import { hrefOf } from "../route/route";
import type { SetupJob } from "../setup/job";
import { hrefOfStep, nameOf, type Step } from "../setup/steps";
import { standing } from "../state/alarms";
import { cutOff } from "../state/connection";
import { lifts } from "../state/lifts";
import { mayAct } from "../state/session";
import { whyNotWatched } from "../state/watching";
import { MaskOverlay } from "./mask-overlay";

const POLL_MS = 1500;

export function ProofStep({ job }: { job: SetupJob }): JSX.Element {
  const check = useSignal<Check | null>(null);
  const { path } = job;
  useEffect(() => {
    let timer = 0;
    let isOver = false;
    const poll = async (): Promise<void> => {
      try {
        check.value = await get<Check>(`${path}/setup/check`);
      } catch {
        // The page says by itself when it is not connected.
      }
      if (!isOver) timer = setTimeout(() => void poll(), POLL_MS);
    };
    void poll();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [path, check]);
  const found = check.value;
  if (!found) return <p role="status">{t("setup.reading")}</p>;
  const { open, closed, threshold } = found.clusters;
  const margins = [...open, ...closed];
  const review = (passage: Passage, verdict: Verdict): Promise<boolean> =>
    job.act(async () => {
      await post(`/passages/${encodeURIComponent(passage.id)}/review`, { verdict });
      check.value = await get<Check>(`${path}/setup/check`);
    });
  return (
    <>
      <Decision job={job} found={found} />
      <p>{t("proof.what")}</p>
      {found.passages.length ? (
        <ul class="carriers">
          {found.passages.map((passage) => (
            <Seen key={passage.id} passage={passage} review={review} />
          ))}
        </ul>
      ) : (
        <p class="note">{t("proof.none")}</p>
      )}
      {margins.length > 1 && <Clusters margins={margins} threshold={threshold} />}
    </>
  );
}

/** What is to be done about a reason, where that is a step of the set-up. */
const REMEDIES: Partial<Record<CheckReason["advice"], Step>> = {
  draw_masks: "masks",
  redraw: "masks",
  swap_or_correct: "pick",
  give_references: "pick",
  move_camera: "address",
};

function Decision({ job, found }: { job: SetupJob; found: Check }): JSX.Element {
  const [reason] = found.reasons;
  const says = reason && words.notArmed[reason.code];
  const why = useComputed(() => whyBlind(job.liftId)).value;
  const blind = found.decision === "no_go" ? null : why;
  const isUnwatched = blind !== null && job.job.value?.state === "ready" && !job.job.value.watched;
  const remedy = isUnwatched ? "carriers" : reason && REMEDIES[reason.advice];
  const decision = blind === null ? found.decision : "wait";
  return (
    <div class="decided" data-decision={decision}>
      <p role="status">
        <strong>{t(`proof.says.${decision}`)}</strong>
        {reason && says && (
          <span>
            {t("proof.why", {
              why: fill(says.why, reason.parameters),
              what: fill(says.what, reason.parameters),
            })}
          </span>
        )}
        {!reason && blind === null && <span>{t("proof.armed")}</span>}
        {blind !== null && <span>{t("proof.blind", { why: blind })}</span>}
      </p>
      <p class="row">
        {remedy && job.job.value && (
          <a class="target go" href={hrefOfStep(job.liftId, remedy)}>
            {t("setup.next", { step: t(nameOf(remedy)) })}
          </a>
        )}
        {found.decision === "go" && (
          <a class="target go" href={hrefOf()}>
            {t("page.back")}
          </a>
        )}
      </p>
    </div>
  );
}

/** Why the lift's carriers are not judged now, in words: no all-clear then; null where they are. */
function whyBlind(liftId: string): string | null {
  if (cutOff.value) return t("link.lost");
  const lift = lifts.value.find(({ id }) => id === liftId);
  return lift ? whyNotWatched(lift, standing.value) : t("link.connecting");
}

interface SeenProps {
  passage: Passage;
  review: (passage: Passage, verdict: Verdict) => Promise<boolean>;
}

const ANSWERS = ["open", "closed"] as const;

function Seen({ passage, review }: SeenProps): JSX.Element {
  const { number, verdict, seat, images, lift_id: liftId, mask_version: version } = passage;
  const middle = images[Math.floor(images.length / 2)];
  return (
    <li data-passage={passage.id} data-state={passage.review?.verdict ?? verdict}>
      <MaskOverlay
        liftId={liftId}
        version={version}
        picture={middle?.picture}
        alt={t("proof.carrier", { number, verdict: words.verdicts[verdict], seat: words.seats[seat] })}
      />
      <p class="said">
        {MARKS[verdict]} {words.verdicts[verdict]} · {words.seats[seat]}
      </p>
      {mayAct.value && (
        <div class="taps">
          {ANSWERS.map((answer) => (
            <Button
              key={answer}
              class={`state ${answer}`}
              pressed={passage.review?.verdict === answer}
              label={t("proof.answer", { number, state: t(`pick.as.${answer}`) })}
              onPress={() => review(passage, answer)}
            >
              {t(answer === verdict ? "proof.right" : "proof.wrong", { state: t(`pick.as.${answer}`) })}
            </Button>
          ))}
        </div>
      )}
    </li>
  );
}
