/* A lift's set-up as the service has it: followed by polling, so that a reload or a second tab finds the same. */

import { batch, computed, signal } from "@preact/signals";
import { ApiError, get, orNull, post, put, remove } from "../api/client";
import type { MaskHistory, MaskVersion, SeenCarriers, Setup } from "../api/types";
import { worded, words } from "../i18n/text";
import { messageOf } from "../state/session";

const BUSY_MS = 700;
const CALM_MS = 4000;
const START_MS = 45_000;

export type State = "open" | "closed";

/** What an error of the set-up says, in words. */
export function refusal(error: unknown): string {
  if (!(error instanceof ApiError)) return messageOf(error);
  return worded(words.setupRefusals, error.code, messageOf(error), error.parameters);
}

export class SetupJob {
  /** undefined before it was read, null where there is none. */
  readonly job = signal<Setup | null | undefined>(undefined);
  readonly carriers = signal<SeenCarriers | null>(null);
  readonly masks = signal<readonly MaskVersion[]>([]);
  /** When a picture was last asked for: part of its address, so that a new one is shown. */
  readonly tick = signal(0);
  readonly problem = signal("");
  readonly busy = signal(false);
  /** Whether masks were enrolled after this set-up began. */
  readonly enrolled = computed(() => {
    const started = this.job.value?.started_at;
    return this.masks.value.some(({ created_at: at }) => !started || Date.parse(at) >= Date.parse(started));
  });
  /** How many carriers somebody picked: finding carriers anew throws them away. */
  readonly picks = computed(() => this.carriers.value?.items.filter(({ pick }) => pick).length ?? 0);
  readonly isPicked = computed(() => {
    const states = new Set(this.carriers.value?.items.map(({ pick }) => pick?.state));
    return states.has("open") && states.has("closed");
  });

  readonly path: string;
  private timer = 0;
  private stopped = false;
  private asked = 0;

  constructor(readonly liftId: string) {
    this.path = `/lifts/${encodeURIComponent(liftId)}`;
  }

  /** Follow it until the returned function is called. */
  follow(): () => void {
    this.stopped = false;
    void this.poll();
    return () => {
      this.stopped = true;
      clearTimeout(this.timer);
    };
  }

  /** Start it; where the answer is lost on its way, what the service says of it afterwards counts. */
  start = async (body: { url?: string; [more: string]: unknown }, again: boolean): Promise<boolean> => {
    const path = `${this.path}/setup${again ? "?again=true" : ""}`;
    if (await this.act(() => post<Setup>(path, body, START_MS))) return true;
    const now = this.job.value;
    const isRunning = now?.state === "running" && (body.url ?? now.url) === now.url;
    if (isRunning) this.problem.value = "";
    return isRunning;
  };
  cancel = (): Promise<boolean> => this.act(() => remove(`${this.path}/setup`));
  moveTrack = (body: object): Promise<boolean> =>
    this.act(() => put<Setup>(`${this.path}/setup/track`, body));
  watch = (): Promise<boolean> => this.act(() => post<Setup>(`${this.path}/setup/watch`));

  /** Say what a carrier is; null takes it back. */
  pick = (number: number, state: State | null, occupied: boolean | null = null): Promise<boolean> =>
    this.act(async () => {
      const revision = this.carriers.value?.revision ?? 0; // what the person saw: not carriers cut out since
      const path = `${this.path}/setup/carriers/${number}/pick?revision=${revision}`;
      this.carriers.value = state
        ? await put<SeenCarriers>(path, { state, occupied })
        : await remove<SeenCarriers>(path);
    });

  /** Do something and read anew; says whether it worked, and `problem` why not. */
  async act(work: () => Promise<unknown>): Promise<boolean> {
    batch(() => {
      this.busy.value = true;
      this.problem.value = "";
    });
    let worked = true;
    try {
      await work();
    } catch (error) {
      worked = false;
      this.problem.value = refusal(error);
    }
    await this.read();
    this.busy.value = false;
    return worked;
  }

  private async poll(): Promise<void> {
    await this.read();
    if (this.stopped) return;
    const isBusy = this.job.value?.state === "running";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.poll(), isBusy ? BUSY_MS : CALM_MS);
  }

  private async read(): Promise<void> {
    this.asked += 1;
    const asked = this.asked;
    try {
      const job = await orNull(get<Setup>(`${this.path}/setup`));
      const isReady = job?.state === "ready";
      const [carriers, masks] = await Promise.all([
        isReady ? get<SeenCarriers>(`${this.path}/setup/carriers`) : null,
        orNull(get<MaskHistory>(`${this.path}/masks`)),
      ]);
      if (asked !== this.asked) return; // a later answer has come, or will
      batch(() => {
        this.job.value = job;
        this.carriers.value = carriers;
        this.masks.value = masks?.items ?? [];
        this.tick.value = job?.state === "running" ? Date.now() : (job?.revision ?? 0);
      });
    } catch {
      // The page says by itself when it is not connected; the next poll finds what there is.
    }
  }
}
