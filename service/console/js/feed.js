/* The alarm feed: a WebSocket that resumes where it stopped and says at once when it is silent. */

import { address } from "./api.js";

const SILENCE_MS = 11_000; // two heartbeats of 5 s missed, and a second for the network
const RETRY_MS = [500, 1000, 2000, 4000];

export class AlarmFeed {
  /**
   * handlers: onAlarm(alarm), onUnstored(alarms) with all that the database refuses so far, onState("live" | "lost" | "waiting"), onFresh() when history must be read
   * again, onRefused() when the session is no longer valid.
   */
  constructor(handlers) {
    this.handlers = handlers;
    this.epoch = null;
    this.seq = null;
    this.behindAt = null; // our seq at the last heartbeat, if that was ahead of it
    this.attempt = 0;
    this.stopped = false;
    this.timer = 0;
    this.silence = 0;
  }

  start() {
    this.stopped = false;
    this.open();
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.socket?.close();
  }

  open() {
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

  receive(message) {
    if (message.type === "hello") {
      this.attempt = 0;
      const fresh = this.epoch !== message.epoch;
      // Another epoch means another database: its numbers say nothing about the ones seen before.
      if (fresh && this.epoch !== null) {
        this.epoch = this.seq = null;
        this.socket.close();
        return;
      }
      this.epoch = message.epoch;
      this.seq ??= message.seq;
      this.handlers.onUnstored([]); // what follows says which there are now
      this.handlers.onState("live");
      if (fresh) this.handlers.onFresh();
    } else if (message.type === "alarm" || message.type === "unreadable") {
      this.seq = Math.max(this.seq ?? 0, message.seq);
      if (message.alarm) this.handlers.onAlarm(message.alarm);
    } else if (message.type === "unstored") {
      this.handlers.onUnstored(message.alarms);
    } else if (message.type === "heartbeat") {
      this.compare(message.seq);
    }
  }

  /** Alarms up to `newest` are committed: if none has come since the last heartbeat that said so, resume. */
  compare(newest) {
    const behind = newest > this.seq;
    if (behind && this.behindAt === this.seq) {
      this.behindAt = null;
      this.socket.close();
    } else {
      this.behindAt = behind ? this.seq : null;
    }
  }

  /** A dead connection may stay open for minutes: without a heartbeat it counts as lost. */
  listen() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      const socket = this.socket;
      this.socket = null;
      socket?.close();
      this.closed(0);
    }, SILENCE_MS);
  }

  closed(code) {
    clearTimeout(this.silence);
    if (this.stopped) return;
    this.handlers.onState("lost");
    if (code === 4401 || code === 4403 || this.attempt > 0) this.handlers.onRefused();
    const wait = RETRY_MS[Math.min(this.attempt, RETRY_MS.length - 1)];
    this.attempt += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), wait);
  }
}
