/* The rules of escalation: which of them decides about an alarm, and what each is called. */

import { computed, type ReadonlySignal } from "@preact/signals";
import type { Alarm, Escalation, EscalationRule, EscalationStep } from "../api/types";
import { t, words } from "../i18n/text";
import { span } from "../i18n/time";
import { unseen } from "../state/alarms";
import { nameOf } from "../state/lifts";

/** The narrowest rule for an alarm; null: none is set for it. */
export function ruleFor(rules: readonly EscalationRule[], alarm: Alarm): EscalationRule | null {
  const narrowest = [
    [alarm.lift_id, alarm.priority],
    [alarm.lift_id, null],
    [null, alarm.priority],
    [null, null],
  ] as const;
  for (const [lift, priority] of narrowest) {
    const found = rules.find(
      (rule) => (rule.lift_id ?? null) === lift && (rule.priority ?? null) === priority,
    );
    if (found) return found;
  }
  return null;
}

export const sameAs = (one: EscalationRule, other: EscalationRule): boolean =>
  (one.lift_id ?? null) === (other.lift_id ?? null) && (one.priority ?? null) === (other.priority ?? null);

/** An alarm that waits, with the steps that hold for it. */
export interface Waits {
  alarm: Alarm;
  /** null: the service's own steps hold. */
  rule: EscalationRule | null;
  steps: readonly EscalationStep[];
}

/** What waits for somebody now, the most important first. */
export const waitsBy = (rules: ReadonlySignal<Escalation | null>): ReadonlySignal<readonly Waits[]> =>
  computed(() => {
    const found = rules.value;
    if (!found) return [];
    return unseen.value.map((alarm) => {
      const rule = ruleFor(found.rules, alarm);
      return { alarm, rule, steps: rule?.steps ?? found.default };
    });
  });

/** "Demo quad, priority 2: bar open". */
export function nameOfRule({ lift_id: lift, priority }: EscalationRule): string {
  const parts = [
    lift && nameOf(lift),
    priority && t("escalation.ofPriority", { priority, what: words.priorities[priority] ?? "" }),
  ].filter(Boolean);
  return parts.join(" · ") || t("escalation.all");
}

/** "After 3 min: the page becomes louder, Anna is to look, alarms go to Pager". */
export function stepInWords(step: EscalationStep, outputOf: (id: string) => string): string {
  const outputs = step.outputs?.map(outputOf).join(", ");
  const does = [
    t("escalation.louder"),
    step.person && t("escalation.called", { who: step.person }),
    outputs && t("escalation.goesTo", { outputs }),
  ];
  return t("escalation.step", { time: span(step.after_s), does: does.filter(Boolean).join(", ") });
}
