/* The alarm feed: a WebSocket that resumes where it stopped and says at once when it is silent. */

import { address } from "../api/client";
import type { Alarm, AlarmFlood } from "../api/types";

const SILENCE_MS = 11_000; // two heartbeats of 5 s missed, and a second for the network
/** What the service says elsewhere that it has sent comes within so long, or this feed is cut off. */
const OWED_MS = 1500;
const RETRY_MS = [500, 1000, 2000, 4000];
const UNAUTHORIZED = [4401, 4403];

export type Link = "waiting" | "live" | "lost";

type Message =
  | { type: "hello"; epoch: string; seq: number }
  | { type: "alarm"; seq: number; alarm: Alarm }
  | { type: "unreadable"; seq: number; alarm?: undefined }
  | { type: "unstored"; alarms: Alarm[] }
  | { type: "status"; flood: AlarmFlood | null }
  | { type: "heartbeat"; seq: number };

export interface FeedHandlers {
  onAlarm(alarm: Alarm): void;
  /** All that the database refuses so far. */
  onUnstored(alarms: Alarm[]): void;
  /** Whether more alarms come than a person can take in. */
  onFlood(flood: AlarmFlood | null): void;
  onLink(link: Link): void;
  /** The history must be read again. */
  onFresh(): void;
  /** The session may be no longer valid. */
  onRefused(): void;
}

export class AlarmFeed {
  private readonly handlers: FeedHandlers;
  private socket: WebSocket | null = null;
  private epoch: string | null = null;
  private seq: number | null = null;
  private committed = 0; // the newest seq when the service greeted us: until we have it, we do not know what stands
  private behindAt: number | null = null; // our seq at the last heartbeat, if that was ahead of it
  private owed: { seq: number; sinceMs: number } | null = null; // our seq since when more was sent
  private attempt = 0;
  private stopped = false;
  private timer = 0;
  private silence = 0;

  constructor(handlers: FeedHandlers) {
    this.handlers = handlers;
  }

  start(): void {
    this.stopped = false;
    this.open();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.socket?.close();
  }

  private open(): void {
    const after = this.seq === null ? "" : `?after=${this.seq}`;
    const socket = new WebSocket(address(`/alarms${after}`).replace(/^http/, "ws"));
    this.socket = socket;
    this.listen();
    socket.onmessage = (event) => {
      if (socket !== this.socket) return;
      this.listen();
      this.receive(JSON.parse(event.data));
    };
    socket.onclose = (event) => {
      if (socket === this.socket) this.closed(event.code);
    };
  }

  private receive(message: Message): void {
    switch (message.type) {
      case "hello":
        this.greeted(message.epoch, message.seq);
        break;
      case "alarm":
      case "unreadable":
        this.seq = Math.max(this.seq ?? 0, message.seq);
        if (message.alarm) this.handlers.onAlarm(message.alarm);
        if (this.seq >= this.committed) this.handlers.onLink("live");
        break;
      case "unstored":
        this.handlers.onUnstored(message.alarms);
        break;
      case "status":
        this.handlers.onFlood(message.flood);
        break;
      case "heartbeat":
        this.handlers.onLink("live"); // all that was missed and that this person may see has come before it
        this.compare(message.seq);
        break;
      default: // a type of a later version
    }
  }

  private greeted(epoch: string, seq: number): void {
    this.attempt = 0;
    const fresh = this.epoch !== epoch;
    // Another epoch means another database: its numbers say nothing about the ones seen before.
    if (fresh && this.epoch !== null) {
      this.epoch = this.seq = null;
      this.socket?.close();
      return;
    }
    this.epoch = epoch;
    this.seq ??= seq;
    this.handlers.onUnstored([]); // what follows says which there are now
    this.handlers.onFlood(null);
    this.committed = seq;
    this.handlers.onLink(this.seq >= seq ? "live" : "waiting");
    if (fresh) this.handlers.onFresh();
  }

  /** Alarms up to `newest` are committed: if none has come since the last heartbeat that said so, resume. */
  private compare(newest: number): void {
    const behind = newest > (this.seq ?? 0);
    if (behind && this.behindAt === this.seq) {
      this.behindAt = null;
      this.socket?.close();
    } else {
      this.behindAt = behind ? this.seq : null;
    }
  }

  /** An answer to another question says that alarms up to `newest` were sent: one that does not come is lost. */
  account(newest: number): void {
    if (this.seq === null || newest <= this.seq || this.socket?.readyState !== WebSocket.OPEN) {
      this.owed = null;
    } else if (this.owed?.seq !== this.seq) {
      this.owed = { seq: this.seq, sinceMs: performance.now() };
    } else if (performance.now() - this.owed.sinceMs > OWED_MS) {
      this.drop();
    }
  }

  /** A dead connection may stay open for minutes: without a heartbeat it counts as lost. */
  private listen(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.drop(), SILENCE_MS);
  }

  /** Count the connection as lost, whatever becomes of it. */
  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    this.owed = null;
    socket?.close();
    this.closed(0);
  }

  private closed(code: number): void {
    clearTimeout(this.silence);
    if (this.stopped) return;
    this.handlers.onLink("lost");
    if (UNAUTHORIZED.includes(code) || this.attempt > 0) this.handlers.onRefused();
    const wait = RETRY_MS[Math.min(this.attempt, RETRY_MS.length - 1)];
    this.attempt += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), wait);
  }
}
