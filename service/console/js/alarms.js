/* Alarms: the banner that nobody can overlook, and the list. */

import { post } from "./api.js";
import { ago, byId, clockTime, h, picture } from "./dom.js";
import { KIND } from "./kinds.js";
import { stands } from "./watching.js";

const KEEP = 200;
const LISTED = 60;
const BANNERS = 3;
export class Alarms {
  /** nameOf(liftId) gives a lift's name; isArmed(liftId), mayAct(): may the person acknowledge; onChange() after it. */
  constructor({ nameOf, isArmed, mayAct, onChange }) {
    Object.assign(this, { nameOf, isArmed, mayAct, onChange });
    this.byId = new Map();
    this.unstored = []; // what the database refuses so far: shown, and nothing can be done with it yet
    this.planned = false;
  }

  put(alarm) {
    const known = this.byId.get(alarm.id);
    if (known && known.seq > alarm.seq) return;
    this.byId.set(alarm.id, alarm);
    if (this.byId.size > KEEP) this.forgetOldest();
    this.plan();
  }

  setUnstored(alarms) {
    this.unstored = alarms.map((alarm) => ({ ...alarm, unstored: true }));
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

  /** Everything that still says something, whether or not somebody has seen it. */
  standing() {
    return this.sorted().filter(stands);
  }

  sorted() {
    return [...this.byId.values(), ...this.unstored].sort((a, b) => b.raised_at.localeCompare(a.raised_at) || b.seq - a.seq);
  }

  /** Only what is over may be forgotten: what stands never vanishes from the page. */
  forgetOldest() {
    const over = this.sorted().filter((alarm) => !stands(alarm));
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
    const quiet = this.standing().filter((alarm) => alarm.state !== "active");
    if (quiet.length) {
      const words = quiet.map((alarm) => `${KIND[alarm.kind] ?? alarm.kind} · ${this.where(alarm)} (${alarm.state})`);
      shown.push(h("p", { class: "still" }, `Still standing: ${words.join("; ")}`));
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
        h("span", {}, `${clockTime(alarm.raised_at)} · ${alarm.message}`),
        alarm.unstored ? h("span", { class: "late unstored" }, "Not stored yet: the database refuses it, the disk may be full. It cannot be acknowledged.") : null,
        this.provisional(alarm) ? h("span", { class: "provisional" }, "Provisional: this lift is not armed. Compare the pictures.") : null,
        alarm.late ? h("span", { class: "late" }, `Late: the carrier left at ${clockTime(alarm.left_at)}, ${ago(alarm.left_at, alarm.raised_at)} before this alarm`) : null),
      h("div", { class: "evidence" },
        alarm.evidence.map((url, i) => picture(url, { alt: `Picture ${i + 1} of the carrier` }))),
      this.button(alarm),
    );
  }

  row(alarm) {
    return h(
      "li",
      { class: `alarm ${alarm.severity}`, "data-state": alarm.state, "data-alarm": alarm.id },
      h("time", { datetime: alarm.raised_at }, clockTime(alarm.raised_at)),
      h("span", { class: "what" }, h("b", {}, KIND[alarm.kind] ?? alarm.kind), this.where(alarm),
        alarm.kind === "service_down" ? h("small", {}, alarm.message) : null),
      h("span", { class: "state" }, [alarm.unstored ? "not stored yet" : alarm.state, alarm.late ? "late" : ""].filter(Boolean).join(" · ")),
      alarm.state === "active" ? this.button(alarm) : null,
    );
  }

  button(alarm) {
    if (!this.mayAct() || alarm.unstored) return null;
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

  /** What an unproven lift sees is shown like any other alarm, and said to be unproven. */
  provisional(alarm) {
    return alarm.kind === "bar_open" && !this.isArmed(alarm.lift_id);
  }

  where(alarm) {
    return alarm.lift_id ? this.nameOf(alarm.lift_id) : "whole service";
  }
}

const rank = (alarm) => (alarm.severity === "critical" ? 0 : 1);
