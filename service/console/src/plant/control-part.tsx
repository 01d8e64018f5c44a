/* The output towards a lift's control: off, proposed, armed; what its coil says, and the two steps to arm it. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { orLookAgain, post, put, remove } from "../api/client";
import type { Control } from "../api/types";
import { Button } from "../components/button";
import { Titled } from "../components/titled";
import { type Field, number, optional, sentOf, type Typed, text } from "../forms/fields";
import { useOpening } from "../forms/focus";
import { useChecked } from "../forms/form";
import { Setting } from "../forms/setting";
import { t, worded, words } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { failureOf } from "../state/session";
import { mayConfigure, usePolled } from "./polled";

const FIELDS: readonly Field[] = [
  text("host"),
  number("port"),
  number("unit"),
  number("coil"),
  optional(number("counter")),
];

export function ControlPart({ liftId }: { liftId: string }): JSX.Element {
  const path = `/lifts/${encodeURIComponent(liftId)}/control`;
  const { found, tag, problem, read } = usePolled<Control>(path);
  const [isOpen, busy, said] = [useSignal(false), useSignal(false), useSignal("")];
  /** The tag of what the form began with, or of what was seen since. */
  const opened = useSignal<string | null>(null);
  const place = useOpening<HTMLElement>(isOpen.value);
  const act = async (work: () => Promise<unknown>, done: string): Promise<void> => {
    busy.value = true;
    said.value = problem.value = "";
    try {
      await work();
      said.value = done;
    } catch (error) {
      problem.value = failureOf(error);
    }
    const why = problem.value;
    await read();
    problem.value = problem.value || why;
    busy.value = false;
  };
  const control = found.value;
  return (
    <section ref={place} class="step" aria-labelledby="control-title">
      <Titled level={3} id="control-title" title={t("control.title")} help={t("control.about")} />
      <p class="warning">
        {t("page.aid")} {t("control.aid")}
      </p>
      {control && <Shown control={control} />}
      <p role="status">{said}</p>
      <p class="problem" role="alert">
        {problem}
      </p>
      {mayConfigure(liftId) && control && (
        <div class="row">
          {control.state === "proposed" && (
            <Button
              busy={busy}
              onPress={() =>
                act(() => post(`${path}/confirm`, { proposal: control.proposal }), t("control.isArmed"))
              }
            >
              {t("control.arm")}
            </Button>
          )}
          {control.state !== "off" && (
            <Button
              class="quiet"
              busy={busy}
              // Whatever somebody else has proposed meanwhile: dropping the coil is never refused.
              onPress={() => act(() => remove(path), t("control.isOff"))}
            >
              {t(control.state === "armed" ? "control.disarm" : "control.withdraw")}
            </Button>
          )}
          {!isOpen.value && (
            <Button
              class={control.state === "off" ? "" : "quiet"}
              onPress={() => {
                isOpen.value = true;
                opened.value = tag.value;
                said.value = "";
              }}
            >
              {t(control.state === "off" ? "control.propose" : "control.proposeOther")}
            </Button>
          )}
        </div>
      )}
      {isOpen.value && (
        <ProposalForm
          path={path}
          tag={opened.value}
          isArmed={control?.state === "armed"}
          look={async () => {
            await read();
            opened.value = tag.value;
          }}
          onDone={(isProposed) => {
            isOpen.value = false;
            said.value = isProposed ? t("control.isProposed") : "";
            void read();
          }}
        />
      )}
    </section>
  );
}

function Shown({ control }: { control: Control }): JSX.Element {
  const { state, host, port, unit, coil, counter, energised, problem, problem_code: code } = control;
  if (state === "off" || !host) return <p data-control="off">{t("control.off")}</p>;
  const at = { host, port: port ?? "", unit: unit ?? "", coil: coil ?? "" };
  const by = { by: control.proposed_by ?? "", time: clockTime(control.proposed_at ?? "") };
  return (
    <div class="plant-says" data-control={state} data-energised={String(energised)}>
      <p>
        <strong>{t(state === "armed" ? "control.armed" : "control.proposed")}</strong> {t("control.at", at)}{" "}
        {counter == null ? t("control.noCounter") : t("control.counter", { counter })}
      </p>
      <p class="note">
        {t("control.proposedBy", by)}
        {control.armed_by &&
          ` · ${t("control.armedBy", { by: control.armed_by, time: clockTime(control.armed_at ?? "") })}`}
        {control.confirm_until && ` · ${t("control.until", { time: clockTime(control.confirm_until) })}`}
      </p>
      {state === "armed" && (
        <p class="heartbeat" data-healthy={String(Boolean(energised && !problem))}>
          <strong>{t(energised && !problem ? "control.healthy" : "control.fallen")}</strong>{" "}
          {problem && t("control.cannot", { why: worded(words.coilProblems, code ?? "", problem) })}
        </p>
      )}
    </div>
  );
}

interface ProposalProps {
  path: string;
  /** Of what the proposal takes the place of. */
  tag: string | null;
  /** What holds now is shown above, and its tag is the next. */
  look: () => Promise<void>;
  isArmed: boolean;
  onDone: (isProposed: boolean) => void;
}

function ProposalForm({ path, tag, look, isArmed, onDone }: ProposalProps): JSX.Element {
  const values = useSignal<Typed>({ port: "502", unit: "1" });
  const checked = useChecked({
    fieldOf: (where) => (FIELDS.some(({ name }) => name === where) ? where : null),
    ofCodes: { output_forbidden_address: "host", output_no_such_host: "host" },
  });
  const propose = async (): Promise<void> => {
    const wanted = FIELDS.map((field) => [field.name, sentOf(field, values.value[field.name] ?? "")]);
    await orLookAgain(() => put(path, Object.fromEntries(wanted), tag), look);
    onDone(true);
  };
  return (
    <form
      class="adding"
      aria-labelledby="control-form"
      noValidate
      onSubmit={(event) => checked.submit(event, propose)}
    >
      <h4 id="control-form">{t("control.first")}</h4>
      <p class="note">{t("control.firstHelp")}</p>
      {isArmed && <p class="warning">{t("control.falls")}</p>}
      <div class="pair">
        {FIELDS.map((field) => (
          <Setting
            key={field.name}
            of="control"
            field={field}
            label={worded(words.controlFields, field.name, field.name)}
            values={values}
            problem={checked.at(field.name)}
            {...(field.name === "counter" ? { help: t("control.counterHelp") } : {})}
          />
        ))}
      </div>
      <p class="problem" role="alert">
        {checked.problem}
      </p>
      <div class="row">
        <button type="submit" aria-disabled={checked.busy.value || undefined}>
          {t("control.propose")}
        </button>
        <Button class="quiet" onPress={() => onDone(false)}>
          {t("input.cancel")}
        </Button>
      </div>
    </form>
  );
}
