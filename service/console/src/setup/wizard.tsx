/* Setting a lift up, step by step; which step, and everything that was done, the address and the service know. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { Titled } from "../components/titled";
import { t } from "../i18n/text";
import { MasksStep } from "../masks/masks-step";
import { AfterStep } from "../proof/after-step";
import { ProofStep } from "../proof/proof-step";
import { followed } from "../state/lift";
import { mayAct } from "../state/session";
import { AddressStep } from "./address";
import { FindStep } from "./find";
import { SetupJob } from "./job";
import { PickStep } from "./pick";
import { canOpen, hrefOfStep, isStep, nameOf, present, STEPS, type Step } from "./steps";

/** liftId: null for a lift that has none yet. */
export function Wizard({ liftId, step }: { liftId: string | null; step: string | undefined }): JSX.Element {
  return liftId === null ? <NewLift /> : <Known key={liftId} liftId={liftId} asked={step} />;
}

function NewLift(): JSX.Element {
  return (
    <section class="wizard" aria-labelledby="wizard-title">
      <Titled id="wizard-title" title={t("setup.title")} help={t("help.setup")} />
      <Steps at="address" job={null} />
      {mayAct.value ? (
        <StepOf step="address">
          <AddressStep job={null} lift={undefined} />
        </StepOf>
      ) : (
        <p class="note">{t("setup.viewer")}</p>
      )}
    </section>
  );
}

function Known({ liftId, asked }: { liftId: string; asked: string | undefined }): JSX.Element {
  const job = useMemo(() => new SetupJob(liftId), [liftId]);
  useEffect(() => job.follow(), [job]);
  const { lift, start } = useMemo(() => followed(liftId), [liftId]);
  useEffect(() => start(), [start]);
  const name = lift.value?.name ?? job.job.value?.name ?? liftId;
  const step = isStep(asked) ? asked : present(job);
  return (
    <section class="wizard" aria-labelledby="wizard-title">
      <Titled id="wizard-title" title={t("setup.titleOf", { name })} help={t("help.setup")} />
      <Steps at={step} job={job} />
      {!mayAct.value && <p class="note">{t("setup.viewer")}</p>}
      {job.job.value === undefined || lift.value === undefined ? (
        <p class="note" role="status">
          {t("setup.reading")}
        </p>
      ) : (
        <StepOf key={step} step={step}>
          {step === "address" && <AddressStep job={job} lift={lift.value ?? undefined} />}
          {step === "carriers" && <FindStep job={job} />}
          {step === "pick" && <PickStep job={job} />}
          {step === "masks" && <MasksStep job={job} />}
          {step === "proof" && <ProofStep job={job} />}
          {step === "after" && <AfterStep job={job} />}
        </StepOf>
      )}
      <p class="problem" role="alert">
        {job.problem}
      </p>
    </section>
  );
}

const TITLES = {
  address: "address.title",
  carriers: "find.title",
  pick: "pick.title",
  masks: "masks.title",
  proof: "proof.title",
  after: "after.title",
} as const;

/** A step with its heading, which takes the keyboard's focus when the step is opened. */
function StepOf({ step, children }: { step: Step; children: unknown }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <div class="step">
      <Titled level={3} id="step-title" heading={heading} title={t(TITLES[step])} help={t(`help.${step}`)} />
      {children as JSX.Element}
    </div>
  );
}

function Steps({ at, job }: { at: Step; job: SetupJob | null }): JSX.Element {
  return (
    <nav class="steps" aria-label={t("setup.steps")}>
      <ol>
        {STEPS.map((step, i) => {
          const text = t("setup.stepOf", { number: i + 1, step: t(nameOf(step)) });
          const isOpen = job !== null && canOpen(step, job);
          return (
            <li key={step} data-now={String(step === at)}>
              {isOpen ? (
                <a
                  class="target"
                  href={hrefOfStep(job.liftId, step)}
                  aria-current={step === at ? "step" : undefined}
                >
                  {text}
                </a>
              ) : (
                <span aria-current={step === at ? "step" : undefined}>{text}</span>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
