/* The site calibrations of one lift: what was found, and what can be done with it. */

import { signal } from "@preact/signals";
import { ApiError, get, post, remove } from "../api/client";
import type { Lift, SiteCalibration, SiteCalibrationList } from "../api/types";
import { t } from "../i18n/text";
import { Acting } from "../state/acting";
import type { Tested } from "../trials/tested";

const REFRESH_MS = 30_000;

export class Proposals extends Acting {
  /** Newest first; null before they were read. */
  readonly items = signal<readonly SiteCalibration[] | null>(null);

  private readonly path: string;
  private masks: number | null = null;
  private asked = 0;
  private nextAt = 0;

  constructor(liftId: string) {
    super();
    this.path = `/lifts/${encodeURIComponent(liftId)}/site-calibrations`;
  }

  /** Keep up with the lift; to be called at every poll. */
  follow({ mask_version: masks }: Lift): void {
    const other = masks !== this.masks;
    this.masks = masks;
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

  /** Compare one with what judges: as a candidate, which stands in the room of those. */
  compare = (version: number, tested: Tested): Promise<void> =>
    this.act(
      () => tested.propose({ kind: "calibration", version, shadow: true }, null),
      t("calibration.comparing"),
    );

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
      if (asked === this.asked) this.items.value = items; // else a later answer has come already
    } catch {
      // The page says by itself when it is not connected.
    }
  }
}
