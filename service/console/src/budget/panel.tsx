/* A lift's budget: at most so many false alarms a day, or so many misses, and what the other side pays. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { Budget, BudgetRenewal, Lift } from "../api/types";
import { Button } from "../components/button";
import { Select } from "../components/choice";
import { type Key, t, worded, words } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { mayAct } from "../state/session";
import { Budgets, type Limited } from "./budgets";
import { CostTable } from "./cost-table";

export function BudgetPanel({ lift }: { lift: Lift }): JSX.Element | null {
  const budgets = useMemo(() => new Budgets(lift.id), [lift.id]);
  useEffect(() => void budgets.follow(lift), [budgets, lift]);
  if (!lift.mask_version || budgets.now.value === undefined) return null;
  const now = budgets.now.value;
  const shown = budgets.asked.value ?? now;
  return (
    <details class="budget">
      <summary>
        <span>{t("budget.title")}</span>
        <span class="short">{inShort(now)}</span>
      </summary>
      <p class="note about">{t("help.budget")}</p>
      {budgets.renewal.value && <p class="note">{saidOf(budgets.renewal.value)}</p>}
      {now && !now.in_force && <p class="more">{t("budget.waitsLong")}</p>}
      {mayAct.value && <Asking lift={lift} budgets={budgets} />}
      {shown && <CostTable budget={shown} />}
      {mayAct.value && (
        <fieldset class="actions" aria-label={t("budget.title")}>
          {budgets.asked.value && (
            <Action lift={lift} budgets={budgets} name="budget.use" press={budgets.use} isQuiet={false} />
          )}
          {now && <Action lift={lift} budgets={budgets} name="budget.takeBack" press={budgets.takeBack} />}
        </fieldset>
      )}
      <p class="outcome" role="status">
        {budgets.outcome}
      </p>
    </details>
  );
}

const RENEWALS: Record<BudgetRenewal["state"], Key> = {
  renewed: "budget.renewed",
  unchanged: "budget.unchanged",
  kept: "budget.kept",
  withdrawn: "budget.withdrawn",
};

function saidOf({ at, state, code, message, parameters }: BudgetRenewal): string {
  const why = worded(words.problems, code, message, parameters);
  return t(RENEWALS[state], { time: clockTime(at), why });
}

function inShort(budget: Budget | null): string {
  if (!budget) return t("budget.none");
  const said =
    budget.false_alarms_per_day === null
      ? t("budget.missesShort", { value: budget.misses_per_1000 ?? 0 })
      : t("budget.alarmsShort", { value: budget.false_alarms_per_day });
  return budget.in_force ? said : t("budget.waits", { budget: said });
}

interface ActionProps {
  lift: Lift;
  budgets: Budgets;
  name: Key;
  press: () => unknown;
  isQuiet?: boolean;
}

function Action({ lift, budgets, name, press, isQuiet = true }: ActionProps): JSX.Element {
  return (
    <Button
      class={isQuiet ? "quiet" : ""}
      busy={budgets.busy}
      label={t("budget.of", { action: t(name), lift: lift.name })}
      onPress={press}
    >
      {t(name)}
    </Button>
  );
}

function Asking({ lift, budgets }: { lift: Lift; budgets: Budgets }): JSX.Element {
  const [kind, value] = [useSignal<Limited>("false_alarms_per_day"), useSignal("2")];
  const valueId = `budget-value-${lift.id}`;
  return (
    <div class="asking actions">
      <label for={valueId}>
        {t("budget.kind")}
        <input
          id={valueId}
          type="number"
          min="0.1"
          step="any"
          inputMode="decimal"
          aria-label={t("budget.value")}
          value={value}
          onInput={(event) => {
            value.value = event.currentTarget.value;
          }}
        />
      </label>
      <Select
        label={t("budget.kind")}
        options={[
          ["false_alarms_per_day", t("budget.alarms")],
          ["misses_per_1000", t("budget.misses")],
        ]}
        picked={kind.value}
        onPick={(picked) => {
          kind.value = picked as Limited;
        }}
      />
      <Action
        lift={lift}
        budgets={budgets}
        name="budget.ask"
        press={() => budgets.ask(kind.value, Number(value.value))}
      />
    </div>
  );
}
