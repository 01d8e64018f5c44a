/* Setting a rule of escalation: for which alarms, and its steps. */

import { type Signal, signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { EscalationRule, EscalationStep, Output } from "../api/types";
import { Button } from "../components/button";
import { Choice } from "../components/choice";
import { Ticks } from "../components/tick";
import type { Typed } from "../forms/fields";
import { numberOf, useChecked } from "../forms/form";
import { Setting } from "../forms/setting";
import { t, words } from "../i18n/text";
import { named } from "../state/lifts";
import { nameOfRule } from "./rules";

const MOST_STEPS = 5;
const AFTER_S = 60;

interface Step {
  /** Of the form alone: what is typed stays with its step while others come and go. */
  key: number;
  typed: Signal<Typed>;
  outputs: Signal<readonly string[]>;
}

interface RuleFormProps {
  /** The one that is changed; null: a new one. */
  rule: EscalationRule | null;
  outputs: readonly Output[];
  onSave: (rule: EscalationRule) => Promise<unknown>;
  onCancel: () => void;
}

export function RuleForm({ rule, outputs, onSave, onCancel }: RuleFormProps): JSX.Element {
  const lift = useSignal(rule?.lift_id ?? "");
  const priority = useSignal(rule?.priority ? String(rule.priority) : "");
  const steps = useSignal<readonly Step[]>((rule?.steps ?? [stepAfter(AFTER_S)]).map(stepOf));
  const checked = useChecked({
    fieldOf: (where) => {
      const field = where.replace(/^rules\.\d+\.?/, "");
      return /^(steps\.\d+\.(after_s|person)|lift_id|priority)$/.test(field) ? field : null;
    },
    ofCodes: { no_lift: "lift_id" },
  });
  const add = (): void => {
    const last = Number(steps.value.at(-1)?.typed.value.after_s);
    const key = Math.max(0, ...steps.value.map((step) => step.key)) + 1;
    steps.value = [...steps.value, stepOf(stepAfter(last > 0 ? 3 * last : AFTER_S), key)];
  };
  return (
    <form
      class="adding"
      aria-labelledby="rule-title"
      noValidate
      onSubmit={(event) =>
        checked.submit(event, () =>
          onSave({
            lift_id: lift.value || null,
            priority: priority.value ? Number(priority.value) : null,
            steps: steps.value.map(sent),
          }),
        )
      }
    >
      <h4 id="rule-title">
        {rule ? t("escalation.changing", { rule: nameOfRule(rule) }) : t("escalation.add")}
      </h4>
      <div class="pair">
        <Choice
          id="rule-lift"
          label={t("escalation.lift")}
          options={[
            ["", t("escalation.allLifts")],
            ...named.value.map(({ id, name }) => [id, name] as const),
          ]}
          picked={lift.value}
          problem={checked.at("lift_id")}
          onPick={(picked) => {
            lift.value = picked;
          }}
        />
        <Choice
          id="rule-priority"
          label={t("escalation.priority")}
          options={[
            ["", t("escalation.allPriorities")],
            ...Object.entries(words.priorities).map(
              ([each, what]) => [each, t("escalation.priorityOf", { priority: each, what })] as const,
            ),
          ]}
          picked={priority.value}
          problem={checked.at("priority")}
          onPick={(picked) => {
            priority.value = picked;
          }}
        />
      </div>
      {steps.value.map((step, i) => (
        <StepFields
          key={step.key}
          step={step}
          number={i + 1}
          outputs={outputs}
          problemOf={(field) => checked.at(`steps.${i}.${field}`)}
          onTakeAway={() => {
            steps.value = steps.value.filter((each) => each !== step);
          }}
        />
      ))}
      {!steps.value.length && <p class="note">{t("escalation.off")}</p>}
      <p class="problem" role="alert">
        {checked.problem}
      </p>
      <div class="row">
        {steps.value.length < MOST_STEPS && (
          <Button class="quiet" onPress={add}>
            {t("escalation.addStep")}
          </Button>
        )}
        <button type="submit" aria-disabled={checked.busy.value || undefined}>
          {t("escalation.save")}
        </button>
        {rule && (
          <Button class="quiet" onPress={onCancel}>
            {t("escalation.cancel")}
          </Button>
        )}
      </div>
    </form>
  );
}

interface StepProps {
  step: Step;
  number: number;
  outputs: readonly Output[];
  problemOf: (field: string) => string;
  onTakeAway: () => void;
}

function StepFields({ step, number, outputs, problemOf, onTakeAway }: StepProps): JSX.Element {
  const names = new Map(outputs.map(({ id, name }) => [id, name]));
  const missing = step.outputs.value.filter((id) => !names.has(id));
  return (
    <fieldset class="rule-step">
      <legend>{t("escalation.stepTitle", { number })}</legend>
      <div class="pair">
        <Setting
          of={`step-${step.key}`}
          field={{ name: "after_s", as: "number" }}
          label={t("escalation.after")}
          help={t("escalation.afterHelp")}
          values={step.typed}
          problem={problemOf("after_s")}
        />
        <Setting
          of={`step-${step.key}`}
          field={{ name: "person", as: "text", isOptional: true }}
          label={t("escalation.who")}
          help={t("escalation.whoHelp")}
          values={step.typed}
          problem={problemOf("person")}
        />
      </div>
      {names.size + missing.length > 0 ? (
        <Ticks
          text={t("escalation.reaches")}
          all={[...names.keys(), ...missing]}
          nameOf={(id) => names.get(id) ?? t("escalation.missing", { output: id })}
          chosen={step.outputs.value}
          onChoose={(chosen) => {
            step.outputs.value = chosen;
          }}
        />
      ) : (
        <p class="note">{t("escalation.noOutputs")}</p>
      )}
      <Button class="quiet" onPress={onTakeAway}>
        {t("escalation.takeStep", { number })}
      </Button>
    </fieldset>
  );
}

const stepAfter = (after_s: number): EscalationStep => ({ after_s, person: "" });

function stepOf({ after_s, person, outputs }: EscalationStep, key: number): Step {
  return {
    key,
    typed: signal<Typed>({ after_s: String(after_s), person: person ?? "" }),
    outputs: signal<readonly string[]>(outputs ?? []),
  };
}

/** As it is sent: what is no time is refused at its field. */
function sent({ typed, outputs }: Step): EscalationStep {
  const { after_s, person } = typed.value;
  return {
    after_s: numberOf(after_s ?? "") as number,
    person: person ?? "",
    outputs: [...outputs.value],
  };
}
