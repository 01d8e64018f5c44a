/* Both masks while they are drawn: what is selected, undo and redo, and keeping them with the service. */

import { batch, computed, signal } from "@preact/signals";
import { get, orNull, post } from "../api/client";
import type { Drawing, ProposedMasks } from "../api/types";
import type { Point } from "../drawing/surface";
import { fromHere } from "../forms/focus";
import { worded, words } from "../i18n/text";
import { refusal } from "../setup/job";
import { DrawnKeeper, type Pair } from "./keeper";
import { clamped, type Line, Sheet } from "./sheet";

export type Which = "open" | "close";

const POLL_MS = 600;

/** A point, and whether the keyboard goes to it as soon as it is drawn. */
interface Selected {
  id: number;
  index: number;
  isWaitedFor: () => boolean;
}

export class MaskEditor {
  readonly sheets: Readonly<Record<Which, Sheet>> = { open: new Sheet(), close: new Sheet() };
  readonly which = signal<Which>("open");
  /** Line and point that the tools work on. */
  readonly selected = signal<Selected | null>(null);
  /** Whether taps put points to the end of a line. */
  readonly drawing = signal(false);
  readonly ghost = signal(true);
  readonly zoom = signal(1);
  /** Middle of what is shown. */
  readonly centre = signal<Point>({ x: 99.5, y: 99.5 });
  /** The newest proposal, and how far a search for one is; null before. */
  readonly proposal = signal<ProposedMasks | null>(null);
  readonly isSearching = computed(() => this.proposal.value?.state === "running");
  readonly problem = signal("");
  readonly keeper: DrawnKeeper;
  readonly sheet = computed(() => this.sheets[this.which.value]);
  readonly undos = signal<readonly Pair[]>([]);
  readonly redos = signal<readonly Pair[]>([]);

  private readonly path: string;
  private before: Pair = { open: { lines: [] }, close: { lines: [] } };
  private timer = 0;
  private stopped = false;
  private isAwaited = false;
  private isAskedFor = false;

  constructor(liftId: string) {
    this.path = `/lifts/${encodeURIComponent(liftId)}/setup`;
    this.keeper = new DrawnKeeper(`${this.path}/drawn`, {
      pair: () => this.pair(),
      show: (pair) => this.show(pair),
      say: (problem) => {
        this.problem.value = problem;
      },
    });
  }

  /** Read what there is; let the network draw where there is nothing. mayAct: of the person. */
  start(mayAct: boolean): () => void {
    this.stopped = false;
    void this.begin(mayAct);
    const stop = this.keeper.start();
    return () => {
      this.stopped = true;
      clearTimeout(this.timer);
      stop();
    };
  }

  /** Let the network draw both bars anew, or carry over the masks of an earlier track; it can be undone. */
  async propose(source: ProposedMasks["source"] = "carriers", byHand = true): Promise<void> {
    this.problem.value = "";
    this.isAskedFor = byHand;
    try {
      this.proposal.value = await post<ProposedMasks>(`${this.path}/masks`, { source });
      this.isAwaited = true;
      this.watch();
    } catch (error) {
      this.problem.value = refusal(error);
    }
  }

  /** The line of what is selected. */
  line(): Line | undefined {
    return this.sheet.value.lines.value.find(({ id }) => id === this.selected.value?.id);
  }

  select(id: number, index: number): void {
    this.selected.value = { id, index, isWaitedFor: fromHere() };
  }

  /** Note that something was changed: it can be undone, and is kept. */
  commit = (): void => this.note(true);

  /** Take what was drawn elsewhere, which can be undone, or keep what is drawn here. */
  choose(which: "theirs" | "mine"): void {
    batch(() => {
      if (which === "theirs") this.undos.value = [...this.undos.value, this.pair()].slice(-100);
      this.keeper.choose(which);
    });
  }

  undo = (): void => this.step(this.undos, this.redos);
  redo = (): void => this.step(this.redos, this.undos);

  move(by: Point): void {
    const point = this.line()?.points[this.selected.value?.index ?? -1];
    if (!point) return;
    point.value = clamped({ x: point.value.x + by.x, y: point.value.y + by.y });
    this.commit();
  }

  /** Put a point between the selected one and the next, or beyond the last. */
  addPoint = (): void => {
    const line = this.line();
    const index = this.selected.value?.index ?? -1;
    const at = line?.points[index]?.value;
    if (!line || !at) return;
    const next = line.points[index + 1]?.value;
    const last = line.points[index - 1]?.value ?? { x: at.x - 24, y: at.y };
    const place = next
      ? { x: (at.x + next.x) / 2, y: (at.y + next.y) / 2 }
      : { x: at.x + (at.x - last.x) / 2, y: at.y + (at.y - last.y) / 2 };
    this.sheet.value.insert(line, index + 1, place);
    this.select(line.id, index + 1);
    this.commit();
  };

  removePoint = (): void => {
    const line = this.line();
    const index = this.selected.value?.index ?? -1;
    if (!line?.points[index]) return;
    const left = this.sheet.value.removePoint(line, index);
    if (left) this.select(left.id, Math.max(0, index - 1));
    else this.selected.value = null;
    this.commit();
  };

  removeLine = (): void => {
    const line = this.line();
    if (!line) return;
    this.sheet.value.remove(line);
    this.selected.value = null;
    this.commit();
  };

  widen(by: number): void {
    const line = this.line();
    const lines = line ? [line] : this.sheet.value.lines.value;
    for (const each of lines) this.sheet.value.widen(each, by);
    if (lines.length) this.commit();
  }

  /** Put a point at the end of the line that is being drawn. */
  draw(at: Point): void {
    const line = this.line();
    if (line) {
      this.sheet.value.insert(line, line.points.length, at);
      this.select(line.id, line.points.length);
    } else {
      this.select(this.sheet.value.begin(at).id, 0);
    }
    this.commit();
  }

  /** Take a mask's file for the mask that is shown. */
  async importPicture(file: Blob): Promise<void> {
    const form = new FormData();
    form.append("picture", file, "mask.png");
    this.problem.value = "";
    try {
      this.sheet.value.load(await post<Drawing>(`${this.path}/drawings`, form));
      this.selected.value = null;
      this.commit();
    } catch (error) {
      this.problem.value = refusal(error);
    }
  }

  pair(): Pair {
    return { open: this.sheets.open.drawing(), close: this.sheets.close.drawing() };
  }

  private step(from: typeof this.undos, to: typeof this.undos): void {
    const pair = from.value.at(-1);
    if (!pair) return;
    const present = this.pair();
    batch(() => {
      from.value = from.value.slice(0, -1);
      to.value = [...to.value, present];
      this.show(pair);
      this.keeper.changed(true);
    });
  }

  private note(byHand: boolean): void {
    batch(() => {
      this.undos.value = [...this.undos.value, this.before].slice(-100);
      this.redos.value = [];
      this.keeper.changed(byHand);
    });
    this.before = this.pair();
  }

  private show(pair: Pair): void {
    this.sheets.open.load(pair.open);
    this.sheets.close.load(pair.close);
    this.selected.value = null;
    this.before = this.pair();
  }

  /** What was drawn comes first, then what was proposed; where there is neither, a proposal is asked for. */
  private async begin(mayAct: boolean): Promise<void> {
    try {
      const isDrawn = await this.keeper.read();
      const found = await orNull(get<ProposedMasks>(`${this.path}/masks`));
      this.proposal.value = found;
      if (found?.state === "running") {
        this.isAwaited = !isDrawn;
        this.watch();
      } else if (!isDrawn && found?.open && found.close && !found.outdated) this.show(found as Pair);
      else if (!isDrawn && mayAct) await this.propose("carriers", false);
    } catch (error) {
      this.problem.value = refusal(error);
    }
  }

  /** Follow a search until it has ended. */
  private watch(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      const found = await orNull(get<ProposedMasks>(`${this.path}/masks`)).catch(() => this.proposal.value);
      if (this.stopped) return;
      this.proposal.value = found;
      if (found?.state === "running") this.watch();
      else if (found?.problem) {
        this.problem.value = worded(words.searchProblems, found.problem, found.problem);
      } else if (found?.open && found.close && this.isAwaited) {
        const before = this.before;
        this.show(found as Pair);
        this.before = before;
        this.note(this.isAskedFor);
      }
    }, POLL_MS);
  }
}
