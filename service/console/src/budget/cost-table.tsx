/* What a budget costs on either side, beside what is paid without it. */

import type { JSX } from "preact";
import type { Budget, Cost, Rate } from "../api/types";
import { number, t } from "../i18n/text";

/** "12", "3.4", "0.08", "0". */
const short = (value: number): string =>
  value < 0.005 ? number(0) : number(value, value >= 10 ? 0 : value >= 1 ? 1 : 2);

const rate = ({ expected, low, high }: Rate): string =>
  t("budget.rate", { expected: short(expected), low: short(low), high: short(high) });

const ROWS = [
  ["budget.falseAlarms", "false_alarms_a_day"],
  ["budget.missed", "misses_per_1000"],
  ["budget.closed", "closed_per_1000"],
  ["budget.unclear", "unclear_per_1000"],
] as const satisfies readonly (readonly [string, keyof Cost])[];

export function CostTable({ budget }: { budget: Budget }): JSX.Element {
  return (
    <>
      <table class="key-figures">
        <thead>
          <tr>
            <th scope="col">{t("budget.figure")}</th>
            <th scope="col">{t("budget.here")}</th>
            <th scope="col">{t("budget.without")}</th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map(([key, name]) => (
            <tr key={key}>
              <th scope="row">{t(key)}</th>
              <td>{rate(budget.cost[name])}</td>
              <td>{rate(budget.default[name])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class={budget.misses_more ? "more" : "note"}>
        {t(budget.misses_more ? "budget.missesMore" : "budget.notMore")}
      </p>
      <p class="origin">
        {t("budget.origin", {
          passages: budget.passages,
          opened: budget.opened,
          reviewed: budget.reviewed,
          carriers: budget.carriers_a_day,
        })}
      </p>
    </>
  );
}
