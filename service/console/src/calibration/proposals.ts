/* The site calibrations of one lift: what was found, and what can be done with it. */

import { signal } from "@preact/signals";
import { ApiError, get, post, remove } from "../api/client";
import type {
  Disagreement,
  DisagreementPage,
  Lift,
  SiteCalibration,
  SiteCalibrationList,
} from "../api/types";
import { t } from "../i18n/text";
import { Acting } from "../state/acting";

const REFRESH_MS = 30_000;
const DISAGREEMENTS = 10; // the newest are listed

export class Proposals extends Acting {
  /** Newest first; null before they were read. */
  readonly items = signal<readonly SiteCalibration[] | null>(null);
  /** The newest carriers that the calibration shown judged differently in shadow. */
  readonly differing = signal<readonly Disagreement[]>([]);

  private readonly path: string;
  private lift: Lift | null = null;
  private model: string | null = null;
  private asked = 0;
  private nextAt = 0;

  constructor(liftId: string) {
    super();
    this.path = `/lifts/${encodeURIComponent(liftId)}/site-calibrations`;
  }

  /** Keep up with the lift; to be called at every poll. model: what it is judged with, null if nobody knows. */
  follow(lift: Lift, model: string | null): void {
    const other = lift.mask_version !== this.lift?.mask_version;
    this.lift = lift;
    this.model = model;
    if (other || Date.now() >= this.nextAt) void this.refresh();
  }

  /** What was found with the masks and the model that the lift is judged with: nothing else can be used. */
  usable(lift: Lift, model: string | null): readonly SiteCalibration[] {
    const found = this.items.value ?? [];
    return found.filter((one) => one.mask_version === lift.mask_version && (!model || one.model === model));
  }

  recalculate = (): Promise<void> =>
    this.act(async () => {
      const found = await post<SiteCalibration>(this.path);
      return t("calibration.recalculated", { count: found.margins.length });
    });

  use = (version: number): Promise<void> =>
    this.act(() => post(`${this.path}/${version}/activate`), t("calibration.used"));

  compare = (version: number): Promise<void> =>
    this.act(() => post(`${this.path}/${version}/shadow`), t("calibration.comparing"));

  endShadow = (): Promise<void> =>
    this.act(() => remove(`${this.path}/shadow`), t("calibration.shadowEnded"));

  useMasks = (): Promise<void> => this.act(() => remove(`${this.path}/active`), t("calibration.masksUsed"));

  /** Where the service counts passages, say how many are still needed. */
  protected override explain(error: unknown): string {
    const { seen, needed } = error instanceof ApiError ? error.parameters : {};
    if (seen === undefined || needed === undefined) return super.explain(error);
    return t("calibration.tooEarly", { seen, needed, missing: Number(needed) - Number(seen) });
  }

  protected async refresh(): Promise<void> {
    this.nextAt = Date.now() + REFRESH_MS;
    this.asked += 1;
    const asked = this.asked;
    try {
      const { items } = await get<SiteCalibrationList>(this.path);
      if (asked !== this.asked) return; // a later answer has come already
      this.items.value = items;
      const shown = this.lift && this.usable(this.lift, this.model)[0];
      const differs = shown && shown.shadow_counts.disagreed > 0;
      const path = `${this.path}/${shown?.version}/disagreements?limit=${DISAGREEMENTS}`;
      const differing = differs ? (await get<DisagreementPage>(path)).items : [];
      if (asked === this.asked) this.differing.value = differing;
    } catch {
      // The page says by itself when it is not connected.
    }
  }
}
