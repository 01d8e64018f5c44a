/* The budget of one lift: what holds, what was asked for, and what can be done with it. */

import { signal } from "@preact/signals";
import { getTagged, post, put, remove } from "../api/client";
import type { Budget, BudgetList, BudgetRenewal, Lift } from "../api/types";
import { t } from "../i18n/text";
import { Acting } from "../state/acting";

/** What a budget limits. */
export type Limited = "false_alarms_per_day" | "misses_per_1000";

const AGAIN_MS = 60_000; // it may be found again by itself
const PATIENCE_MS = 30_000; // tens of thousands of carriers are weighed

export class Budgets extends Acting {
  /** The lift's budget, null if it has none; undefined before it was read. */
  readonly now = signal<Budget | null | undefined>(undefined);
  /** What was asked for last and not taken. */
  readonly asked = signal<Budget | null>(null);

  /** The last look at whether the threshold is still the right one. */
  readonly renewal = signal<BudgetRenewal | null>(null);

  private readonly path: string;
  private version: number | null = null;
  private nextAt = 0;
  private tag: string | null = null;

  constructor(liftId: string) {
    super();
    this.path = `/lifts/${encodeURIComponent(liftId)}/budget`;
  }

  /** Keep up with the lift; to be called at every poll. */
  async follow({ mask_version: version }: Lift): Promise<void> {
    if (version === this.version && Date.now() < this.nextAt) return;
    this.version = version;
    this.nextAt = Date.now() + AGAIN_MS;
    await this.refresh();
  }

  protected async refresh(): Promise<void> {
    try {
      const { content, tag } = await getTagged<BudgetList>(this.path);
      const { budget, renewal } = content;
      this.tag = tag;
      this.now.value = budget;
      this.renewal.value = renewal;
    } catch {
      // The page says by itself when it is not connected.
    }
  }

  ask = (kind: Limited, value: number): Promise<void> =>
    this.act(async () => {
      this.asked.value = null;
      this.asked.value = await post<Budget>(`${this.path}/preview`, { [kind]: value }, PATIENCE_MS);
    }, "");

  use = (): Promise<void> =>
    this.act(async () => {
      const { false_alarms_per_day, misses_per_1000 } = this.asked.value ?? {};
      const wish = misses_per_1000 == null ? { false_alarms_per_day } : { misses_per_1000 };
      await put(this.path, wish, this.tag);
      this.asked.value = null;
    }, t("budget.set"));

  takeBack = (): Promise<void> =>
    this.act(async () => {
      await remove(this.path, this.tag);
      this.asked.value = null;
    }, t("budget.taken"));
}
