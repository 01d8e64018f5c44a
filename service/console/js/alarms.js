/* Alarms: the banner that nobody can overlook, and the list. */

import { post } from "./api.js";
import { byId, clockTime, h } from "./dom.js";

const KEEP = 200;
const LISTED = 60;
const BANNERS = 3;
const KIND = {
  bar_open: "Bar open",
  camera_lost: "Camera lost",
  camera_frozen: "Picture frozen",
  view_changed: "View changed",
  low_visibility: "Low visibility",
  worker_down: "Not judging",
  lift_unknown_rate: "Too many unknown",
};

export class Alarms {
  /** nameOf(liftId) gives a lift's name; mayAct() whether the person may acknowledge; onChange() after it. */
  constructor({ nameOf, mayAct, onChange }) {
    Object.assign(this, { nameOf, mayAct, onChange });
    this.byId = new Map();
    this.planned = false;
  }

  put(alarm) {
    const known = this.byId.get(alarm.id);
    if (known && known.seq > alarm.seq) return;
    this.byId.set(alarm.id, alarm);
    if (this.byId.size > KEEP) this.forgetOldest();
    this.plan();
  }

  ids() {
    return [...this.byId.keys()];
  }

  forget(ids) {
    for (const id of ids) this.byId.delete(id);
    this.plan();
  }

  active() {
    return this.sorted().filter((alarm) => alarm.state === "active");
  }

  sorted() {
    return [...this.byId.values()].sort((a, b) => b.raised_at.localeCompare(a.raised_at) || b.seq - a.seq);
  }

  /** Only what is over may be forgotten: an unacknowledged alarm never vanishes from the page. */
  forgetOldest() {
    const over = this.sorted().filter((alarm) => alarm.state === "cleared" || alarm.state === "acknowledged");
    for (const alarm of over.slice(KEEP / 2)) this.byId.delete(alarm.id);
  }

  /** A flood of alarms draws once per frame. */
  plan() {
    if (this.planned) return;
    this.planned = true;
    requestAnimationFrame(() => {
      this.planned = false;
      this.draw();
      this.onChange();
    });
  }

  draw() {
    const active = this.active().sort((a, b) => rank(a) - rank(b));
    const shown = active.slice(0, BANNERS).map((alarm) => this.banner(alarm));
    if (active.length > BANNERS) {
      shown.push(h("p", { class: "more" }, `and ${active.length - BANNERS} more not acknowledged, below`));
    }
    byId("banners").replaceChildren(...shown);
    const rows = this.sorted().slice(0, LISTED).map((alarm) => this.row(alarm));
    byId("alarms").replaceChildren(...(rows.length ? rows : [h("li", { class: "note" }, "None so far.")]));
  }

  banner(alarm) {
    return h(
      "article",
      { class: `banner ${alarm.severity}`, "data-alarm": alarm.id, "data-kind": alarm.kind },
      h("div", { class: "say" },
        h("strong", {}, `${KIND[alarm.kind] ?? alarm.kind} · ${this.where(alarm)}`),
        h("span", {}, `${clockTime(alarm.raised_at)} · ${alarm.message}`)),
      h("div", { class: "evidence" },
        alarm.evidence.map((url, i) => h("img", { src: url, alt: `Picture ${i + 1} of the carrier`, loading: "lazy" }))),
      this.button(alarm),
    );
  }

  row(alarm) {
    return h(
      "li",
      { class: `alarm ${alarm.severity}`, "data-state": alarm.state, "data-alarm": alarm.id },
      h("time", { datetime: alarm.raised_at }, clockTime(alarm.raised_at)),
      h("span", { class: "what" }, h("b", {}, KIND[alarm.kind] ?? alarm.kind), this.where(alarm)),
      h("span", { class: "state" }, alarm.state),
      alarm.state === "active" ? this.button(alarm) : null,
    );
  }

  button(alarm) {
    if (!this.mayAct()) return null;
    const label = `Acknowledge: ${KIND[alarm.kind] ?? alarm.kind}, ${this.where(alarm)}, ${clockTime(alarm.raised_at)}`;
    const button = h("button", { type: "button", class: "acknowledge", "aria-label": label }, "Acknowledge");
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        this.put(await post(`/alarms/${encodeURIComponent(alarm.id)}/acknowledge`));
      } catch (error) {
        button.disabled = false;
        button.textContent = `Not acknowledged: ${error.message}`;
      }
    });
    return button;
  }

  where(alarm) {
    return alarm.lift_id ? this.nameOf(alarm.lift_id) : "whole service";
  }
}

const rank = (alarm) => (alarm.severity === "critical" ? 0 : 1);
