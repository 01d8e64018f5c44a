/* The self-tests and candidates of one lift: what was found, and what can be done. */

import { batch, signal } from "@preact/signals";
import { get, post, remove } from "../api/client";
import type {
  Candidate,
  CandidateIn,
  CandidateList,
  Difference,
  DifferencePage,
  Lift,
  Replay,
  ReplayList,
  SelfTest,
  SelfTestList,
} from "../api/types";
import { t } from "../i18n/text";
import { Acting } from "../state/acting";
import type { Range } from "./wish";

const REFRESH_MS = 30_000;
const BUSY_REFRESH_MS = 2_000; // while a replay goes on
const DIFFERENCES = 10; // the newest are listed
const TEST_MS = 120_000; // a test waits for what hangs
const MODEL_MS = 120_000; // a model is started

export class Tested extends Acting {
  /** The newest self-test, and when the next is due; null before they were read. */
  readonly tests = signal<SelfTestList | null>(null);
  /** Those that were not dropped, newest first. */
  readonly candidates = signal<readonly Candidate[]>([]);
  readonly replays = signal<readonly Replay[]>([]);

  private readonly path: string;
  private nextAt = 0;
  private masks: number | null = null;

  constructor(liftId: string) {
    super();
    this.path = `/lifts/${encodeURIComponent(liftId)}`;
  }

  /** Keep up with the lift; to be called at every poll. */
  follow({ mask_version: masks }: Lift): void {
    const isOther = masks !== this.masks;
    this.masks = masks;
    if (isOther || Date.now() >= this.nextAt) void this.refresh();
  }

  /** The candidate that a site calibration is, if it is one that may yet judge. */
  trying(version: number): Candidate | undefined {
    return this.candidates.value.find(
      (one) => one.kind === "calibration" && one.version === version && one.state !== "promoted",
    );
  }

  /** The newest carriers that a candidate judges otherwise. Throws ApiError. */
  async differences(number: number, replay: number): Promise<readonly Difference[]> {
    const path = `${this.of(number)}/differences?limit=${DIFFERENCES}&replay=${replay}`;
    return (await get<DifferencePage>(path)).items;
  }

  test = (acceptView = false): Promise<void> =>
    this.act(
      () => post<SelfTest>(`${this.path}/self-test`, { accept_view: acceptView }, TEST_MS),
      t("selfTest.done"),
    );

  /** Let something be tried, in shadow and on stored carriers as asked for. Throws ApiError: it cannot be. */
  propose = async (wanted: CandidateIn, range: Range | null): Promise<void> => {
    const made = await post<Candidate>(`${this.path}/candidates`, wanted, MODEL_MS);
    await (range ? this.replay(made.number, range) : this.act(async () => {}, t("propose.done")));
  };

  shadow = (number: number, on: boolean): Promise<void> =>
    this.act(() => (on ? post : remove)(`${this.of(number)}/shadow`), t("candidates.done"));

  replay = (number: number, range: Range = {}): Promise<void> =>
    this.act(() => post(`${this.path}/replays`, { candidate: number, ...range }), t("candidates.replaying"));

  cancel = (number: number): Promise<void> =>
    this.act(() => post(`${this.path}/replays/${number}/cancel`), t("candidates.done"));

  promote = (number: number): Promise<void> =>
    this.act(() => post(`${this.of(number)}/promote`), t("candidates.promoted"));

  rollBack = (number: number): Promise<void> =>
    this.act(() => post(`${this.of(number)}/roll-back`), t("candidates.rolledBack"));

  drop = (number: number): Promise<void> =>
    this.act(() => post(`${this.of(number)}/drop`), t("candidates.dropped"));

  private readonly of = (number: number): string => `${this.path}/candidates/${number}`;

  protected async refresh(): Promise<void> {
    this.nextAt = Date.now() + REFRESH_MS;
    try {
      const [tests, candidates, replays] = await Promise.all([
        get<SelfTestList>(`${this.path}/self-tests?limit=1`),
        get<CandidateList>(`${this.path}/candidates`),
        get<ReplayList>(`${this.path}/replays`),
      ]);
      batch(() => {
        this.tests.value = tests;
        this.candidates.value = candidates.items.filter((one) => one.state !== "dropped");
        this.replays.value = replays.items;
      });
      if (replays.items.some((one) => one.state === "running")) this.nextAt = Date.now() + BUSY_REFRESH_MS;
    } catch {
      // The page says by itself when it is not connected.
    }
  }
}
