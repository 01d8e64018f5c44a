/* Keeps both masks with the service: one call at a time, and never over what was drawn elsewhere meanwhile. */

import { batch, signal } from "@preact/signals";
import { ApiError, getTagged, orNull, putTagged, type Tagged } from "../api/client";
import type { Drawing, DrawnMasks } from "../api/types";
import { t } from "../i18n/text";
import { refusal } from "../setup/job";

const KEEP_MS = 300;

export interface Pair {
  open: Drawing;
  close: Drawing;
}

/** What is drawn here. */
interface Sheets {
  pair: () => Pair;
  show: (pair: Pair) => void;
  say: (problem: string) => void;
}

export class DrawnKeeper {
  /** Whether the service has what is drawn here. */
  readonly kept = signal(true);
  /** What was drawn elsewhere while a person drew here; null: nothing. Nothing is kept before one is chosen. */
  readonly theirs = signal<Tagged<DrawnMasks> | null>(null);

  /** Of what this drawing began from; null: nothing was drawn before. */
  private tag: string | null = null;
  private changes = 0;
  private byHand = false;
  private tried = "";
  private timer = 0;
  private sending: Promise<void> | null = null;
  private stopped = false;

  constructor(
    private readonly path: string,
    private readonly sheets: Sheets,
  ) {}

  start(): () => void {
    this.stopped = false;
    const again = (): void => {
      if (!document.hidden && this.kept.value) void this.read().catch(() => null);
    };
    document.addEventListener("visibilitychange", again);
    return () => {
      this.stopped = true;
      clearTimeout(this.timer);
      document.removeEventListener("visibilitychange", again);
      if (!this.kept.value) void this.keep();
    };
  }

  /** Note that something was changed; byHand: by the person. It is kept soon. */
  changed(byHand: boolean): void {
    this.changes += 1;
    this.byHand ||= byHand;
    this.kept.value = false;
    this.keepIn(KEEP_MS);
  }

  /** Show what was drawn last, wherever; says whether anything was. Throws ApiError. */
  async read(): Promise<boolean> {
    const changes = this.changes;
    const drawn = await orNull(getTagged<DrawnMasks>(this.path));
    if (changes !== this.changes) return drawn !== null; // what was drawn here meanwhile is compared when it is kept
    this.tag = drawn?.tag ?? null;
    if (drawn && !isSame(drawn.content, this.sheets.pair())) this.sheets.show(drawn.content);
    return drawn !== null;
  }

  /** Keep it now; resolves when it is kept, or cannot be. */
  keep(): Promise<void> {
    clearTimeout(this.timer);
    if (this.theirs.value) return Promise.resolve();
    this.sending ??= this.send().finally(() => {
      this.sending = null;
    });
    return this.sending;
  }

  /** Choose between what was drawn elsewhere and what is drawn here; the first can be undone by the caller. */
  choose(which: "theirs" | "mine"): void {
    const { value: theirs } = this.theirs;
    if (!theirs) return;
    batch(() => {
      this.tag = theirs.tag;
      this.theirs.value = null;
      if (which === "theirs") this.take(theirs);
    });
    if (which === "mine") void this.keep();
  }

  private keepIn(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.keep(), ms);
  }

  /** Send what is drawn until nothing was changed meanwhile. */
  private async send(): Promise<void> {
    try {
      let sent: number;
      do {
        sent = this.changes;
        const pair = this.sheets.pair();
        this.tried = JSON.stringify(pair);
        this.tag = (await putTagged<DrawnMasks>(this.path, pair, this.tag)).tag;
      } while (sent !== this.changes);
      batch(() => {
        this.kept.value = true;
        this.byHand = false;
        this.sheets.say("");
      });
    } catch (error) {
      if (error instanceof ApiError && error.code === "drawn_elsewhere") await this.compare();
      else {
        this.sheets.say(refusal(error));
        if (!this.stopped) this.keepIn(10 * KEEP_MS);
      }
    }
  }

  /** Look at what was drawn elsewhere: it may be what was sent from here and never answered. */
  private async compare(): Promise<void> {
    let theirs: Tagged<DrawnMasks> | null;
    try {
      theirs = await orNull(getTagged<DrawnMasks>(this.path));
    } catch {
      if (!this.stopped) this.keepIn(10 * KEEP_MS);
      return;
    }
    if (!theirs) this.sheets.say(t("masks.begunAnew"));
    else if (JSON.stringify(sorted(theirs.content)) === this.tried) {
      this.tag = theirs.tag;
      this.keepIn(0);
    } else if (this.byHand) this.theirs.value = theirs;
    else this.take(theirs);
  }

  private take({ content, tag }: Tagged<DrawnMasks>): void {
    batch(() => {
      this.tag = tag;
      this.byHand = false;
      this.sheets.show(content);
      this.kept.value = true;
    });
  }
}

/** In the order in which it is sent. */
const sorted = ({ open, close }: Pair): Pair => ({ open, close });

const isSame = (a: Pair, b: Pair): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
