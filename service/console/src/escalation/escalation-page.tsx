/* Escalation: who is called when nobody acknowledges, and at which step each alarm is that waits. */

import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { headingOf } from "../alarms/naming";
import { get, getTagged, orLookAgain, putTagged, type Tagged } from "../api/client";
import type { Escalation, EscalationRule, Output, OutputList } from "../api/types";
import { Button } from "../components/button";
import { Places } from "../components/places";
import { Titled } from "../components/titled";
import { isLost } from "../forms/focus";
import { t } from "../i18n/text";
import { clockTime, span } from "../i18n/time";
import { connected } from "../state/connection";
import { failureOf, isAdmin, messageOf } from "../state/session";
import { RuleForm } from "./rule-form";
import { nameOfRule, sameAs, stepInWords, type Waits, waitsBy } from "./rules";

export function EscalationPage(): JSX.Element {
  const found = useSignal<Escalation | null>(null);
  const outputs = useSignal<readonly Output[]>([]);
  const [said, problem] = [useSignal(""), useSignal("")];
  /** The rule that is changed; null: a new one. */
  const changing = useSignal<EscalationRule | null>(null);
  const round = useSignal(0); // a form begins empty after each
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    if (round.value && isLost()) heading.current?.focus(); // the button that was pressed is gone
  }, [round.value]);
  const waits = useMemo(() => waitsBy(found), [found]);
  const tag = useRef<string | null>(null);
  const show = useCallback(
    (read: Tagged<Escalation>): void => {
      tag.current = read.tag;
      found.value = read.content;
    },
    [found],
  );
  const read = useCallback(async () => show(await getTagged<Escalation>("/escalation")), [show]);
  useEffect(() => {
    const tell = (error: unknown): void => {
      problem.value = t("figures.failed", { problem: messageOf(error) });
    };
    read().catch(tell);
    if (isAdmin.value) {
      get<OutputList>("/outputs")
        .then(({ items }) => {
          outputs.value = items;
        })
        .catch(tell);
    }
  }, [read, outputs, problem]);
  const known = useComputed(() => new Map(outputs.value.map(({ id, name }) => [id, name])));
  const outputOf = (id: string): string =>
    found.value?.missing_outputs.includes(id)
      ? t("escalation.missing", { output: id })
      : (known.value.get(id) ?? id);

  /** Put a rule in the place of another, or take that away; what somebody else has set meanwhile is shown first. */
  const replace = async (before: EscalationRule | null, after: EscalationRule | null): Promise<void> => {
    said.value = "";
    if (!found.value) await read();
    const rules = found.value?.rules ?? [];
    const at = before ? rules.findIndex((rule) => sameAs(rule, before)) : -1;
    const place = at < 0 ? rules.length : at;
    const others = [...rules];
    others.splice(place, at < 0 ? 0 : 1, ...(after ? [after] : []));
    show(
      await orLookAgain(
        () => putTagged<Escalation>("/escalation", { rules: others }, tag.current),
        () => read().catch(() => null),
      ),
    );
    said.value = t("escalation.saved");
    changing.value = null;
    round.value += 1;
  };
  const entry = (rule: EscalationRule): JSX.Element => (
    <RuleEntry
      key={`${rule.lift_id} ${rule.priority}`}
      rule={rule}
      waits={waits.value.filter((each) => each.rule === rule)}
      outputOf={outputOf}
      onChange={() => {
        changing.value = rule;
        said.value = "";
        round.value += 1;
      }}
      onDelete={async () => {
        problem.value = "";
        await replace(rule, null).catch((error: unknown) => {
          problem.value = failureOf(error);
        });
      }}
    />
  );
  const rules = found.value?.rules ?? [];
  return (
    <section class="wizard escalation" aria-labelledby="escalation-title">
      <Places of={t("escalation.open")} />
      <section class="step">
        <Titled id="escalation-title" title={t("escalation.page")} help={t("help.escalation")} />
        <Titled level={3} id="escalation-now" title={t("escalation.nowTitle")} help={t("help.waiting")} />
        {found.value && <Now waits={waits.value} outputOf={outputOf} />}
        <Titled
          level={3}
          id="escalation-rules"
          heading={heading}
          title={t("escalation.rules")}
          help={t("escalation.about")}
        />
        <ul class="entries">
          {rules.map(entry)}
          {found.value && !rules.some((rule) => rule.lift_id == null && rule.priority == null) && (
            <li key="default">
              <div>
                <strong>{t("escalation.builtIn")}</strong>
                <Steps
                  steps={found.value.default}
                  waits={waits.value.filter(({ rule }) => rule === null)}
                  outputOf={outputOf}
                />
              </div>
            </li>
          )}
        </ul>
        <p role="status">{said}</p>
        <p class="problem" role="alert">
          {problem}
        </p>
        {isAdmin.value ? (
          <RuleForm
            key={round.value}
            rule={changing.value}
            outputs={outputs.value}
            onSave={(rule) => replace(changing.value, rule)}
            onCancel={() => {
              changing.value = null;
              round.value += 1;
            }}
          />
        ) : (
          <p class="note">{t("escalation.readOnly")}</p>
        )}
      </section>
    </section>
  );
}

interface NowProps {
  waits: readonly Waits[];
  outputOf: (id: string) => string;
}

/** Each alarm that waits: since when, its step, whom it reached, and what comes next. */
function Now({ waits, outputOf }: NowProps): JSX.Element {
  if (!waits.length) {
    return <p class="note">{t(connected.value ? "escalation.nobodyWaits" : "room.unknown")}</p>;
  }
  return (
    <ol class="waits">
      {waits.map(({ alarm, steps }) => {
        const next = steps[alarm.escalation];
        const said = [
          !steps.length && t("escalation.never"),
          steps.length > 0 && !alarm.escalation && t("escalation.before"),
          alarm.escalation > 0 && t("escalation.at", { step: alarm.escalation, steps: steps.length }),
          alarm.escalated_person && t("escalation.called", { who: alarm.escalated_person }),
          alarm.escalated_to?.length &&
            t("escalation.given", { outputs: alarm.escalated_to.map(outputOf).join(", ") }),
          next && t("escalation.next", { step: alarm.escalation + 1, time: span(next.after_s) }),
          steps.length > 0 && !next && t("escalation.last"),
        ];
        return (
          <li key={alarm.id} data-waits={alarm.id} data-step={alarm.escalation}>
            <strong>
              {t("escalation.since", { alarm: headingOf(alarm), time: clockTime(alarm.raised_at) })}
            </strong>
            <p>{said.filter(Boolean).join(" · ")}</p>
          </li>
        );
      })}
    </ol>
  );
}

interface RuleProps {
  rule: EscalationRule;
  waits: readonly Waits[];
  outputOf: (id: string) => string;
  onChange: () => void;
  onDelete: () => Promise<unknown>;
}

function RuleEntry({ rule, waits, outputOf, onChange, onDelete }: RuleProps): JSX.Element {
  const name = nameOfRule(rule);
  return (
    <li>
      <div>
        <strong>{name}</strong>
        <Steps steps={rule.steps} waits={waits} outputOf={outputOf} />
      </div>
      {isAdmin.value && (
        <div class="row">
          <Button class="quiet" label={t("escalation.changeLabel", { rule: name })} onPress={onChange}>
            {t("escalation.change")}
          </Button>
          <Button class="quiet" label={t("escalation.deleteLabel", { rule: name })} onPress={onDelete}>
            {t("escalation.delete")}
          </Button>
        </div>
      )}
    </li>
  );
}

interface StepsProps {
  steps: EscalationRule["steps"];
  waits: readonly Waits[];
  outputOf: (id: string) => string;
}

function Steps({ steps, waits, outputOf }: StepsProps): JSX.Element {
  if (!steps.length) return <p class="note">{t("escalation.off")}</p>;
  return (
    <ol class="ladder">
      {steps.map((step, i) => {
        const here = waits.filter(({ alarm }) => alarm.escalation === i + 1).length;
        return (
          <li key={step.after_s} data-here={here > 0}>
            {stepInWords(step, outputOf)}
            {here > 0 && <b class="here">{t("escalation.here", { count: here })}</b>}
          </li>
        );
      })}
    </ol>
  );
}
