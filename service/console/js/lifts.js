/* The lifts: one card each, with its camera, the last carrier's three pictures and the recent verdicts. */

import { address } from "./api.js";
import { ago, byId, clockTime, h, percent, picture, setText } from "./dom.js";
import { Overlays } from "./overlays.js";
import { whyNotArmed, whyNotWatched } from "./watching.js";
import { SiteCalibration } from "./site-calibration.js";

const STRIP = 24;
const MARK = { open: "▲", closed: "●", unknown: "?" };
const SEAT = { occupied: "occupied", empty: "empty", unclear: "occupied or not: unclear" };
const STATE = { starting: "starting", live: "live", degraded: "degraded", lost: "camera lost" };

export class Lifts {
  /** mayAct() says whether the person may change what a lift is judged by; standing() returns the standing alarms. */
  constructor({ mayAct, standing }) {
    Object.assign(this, { mayAct, standing });
    this.lifts = new Map();
    this.passages = new Map(); // lift id -> newest first
    this.cards = new Map();
  }

  nameOf(id) {
    return this.lifts.get(id)?.name ?? id;
  }

  /** Whether a lift is armed; one that is not known (yet, or any more) is not called unproven. */
  isArmed(id) {
    return this.lifts.get(id)?.armed ?? true;
  }

  all() {
    return [...this.lifts.values()];
  }

  /** Returns whether a lift was renamed or (dis)armed, so that the caller redraws the alarms, which say so. */
  setLifts(items) {
    const renamed = items.some((lift) => this.nameOf(lift.id) !== lift.name || this.isArmed(lift.id) !== lift.armed);
    this.lifts = new Map(items.map((lift) => [lift.id, lift]));
    for (const [id, card] of this.cards) {
      if (!this.lifts.has(id)) {
        card.root.remove();
        this.cards.delete(id);
        this.passages.delete(id);
      }
    }
    const grid = byId("lifts");
    if (!items.length) {
      grid.replaceChildren(h("p", { class: "note" }, "No lift yet: enrol one with two masks (POST /lifts/{id}/masks)."));
    } else {
      grid.querySelector(":scope > .note")?.remove();
    }
    for (const lift of items) this.drawLift(lift);
    return renamed;
  }

  addPassages(items) {
    const touched = new Set();
    for (const passage of items) {
      const list = this.passages.get(passage.lift_id) ?? [];
      const at = list.findIndex((known) => known.id === passage.id);
      if (at >= 0) list[at] = passage;
      else list.push(passage);
      list.sort((a, b) => b.recorded_at.localeCompare(a.recorded_at) || b.number - a.number);
      list.length = Math.min(list.length, STRIP);
      this.passages.set(passage.lift_id, list);
      touched.add(passage.lift_id);
    }
    for (const id of touched) {
      if (!this.cards.has(id)) continue;
      this.drawPassages(id);
      this.followThreshold(id);
    }
  }

  card(lift) {
    const known = this.cards.get(lift.id);
    if (known) return known;
    const part = {
      name: h("h3"),
      state: h("p", { class: "pill" }),
      view: h("img", { class: "view", alt: "", width: 640, height: 360, hidden: true }),
      facts: h("p", { class: "facts" }),
      unarmed: h("p", { class: "unarmed", hidden: true }),
      verdict: h("p", { class: "verdict" }, "no carrier yet"),
      detail: h("p", { class: "detail" }),
      pictures: h("div", { class: "pictures" }),
      strip: h("ol", { class: "strip", "aria-label": "Recent carriers, newest first" }),
      own: new SiteCalibration(lift.id, this.mayAct),
    };
    part.overlays = new Overlays(part.pictures);
    part.root = h(
      "article",
      { class: "card", "data-lift": lift.id },
      h("header", {}, part.name, part.state),
      part.unarmed,
      h("div", { class: "sight" }, part.view),
      h("div", { class: "last" }, h("div", {}, part.verdict, part.detail), part.pictures, part.overlays.root),
      part.strip,
      part.facts,
      part.own.root,
    );
    this.cards.set(lift.id, part);
    byId("lifts").append(part.root);
    return part;
  }

  drawLift(lift) {
    const part = this.card(lift);
    const status = lift.camera_status;
    setText(part.name, lift.name);
    const state = status?.state ?? "none";
    const why = whyNotWatched(lift, this.standing());
    part.root.dataset.camera = state;
    part.root.dataset.watched = why === null;
    part.state.dataset.state = state === "live" && why !== null ? "degraded" : state;
    setText(part.state, why ?? STATE[state]);
    const unarmed = whyNotArmed(lift);
    part.root.dataset.armed = lift.armed;
    part.unarmed.hidden = unarmed === null;
    setText(part.unarmed, unarmed ?? "");
    const facts = [];
    if (status) {
      facts.push(`${status.fps.toFixed(0)} pictures/s`);
      if (status.line_speed) facts.push(`line ${status.line_speed}`);
      if (status.message) facts.push(status.message);
    }
    facts.push(lift.mask_version ? `masks v${lift.mask_version}` : "no masks: nothing is judged");
    if (lift.armed) facts.push("armed");
    setText(part.facts, facts.join(" · "));
    if (status) this.drawView(lift, part);
    if (!part.drawn) this.drawPassages(lift.id);
    this.followThreshold(lift.id);
  }

  /** Tell the panel what the lift is judged with: its masks, and the model that the newest passage names. */
  followThreshold(id) {
    const model = this.passages.get(id)?.find((passage) => passage.model)?.model ?? null;
    this.cards.get(id).own.follow(this.lifts.get(id), model);
  }

  /** Show what the camera sees; the old picture stays until the new one is there, so nothing flickers. */
  drawView(lift, part) {
    if (part.loading) return;
    part.loading = true;
    const next = new Image();
    const done = () => (part.loading = false);
    next.onerror = done;
    next.onload = () => {
      part.view.src = next.src;
      part.view.alt = `What the camera of ${lift.name} sees`;
      part.view.hidden = false;
      done();
    };
    next.src = address(`/lifts/${encodeURIComponent(lift.id)}/snapshot.jpg?at=${Date.now()}`);
  }

  drawPassages(id) {
    const part = this.cards.get(id);
    const list = this.passages.get(id) ?? [];
    const last = list[0];
    if (!last) return;
    part.drawn = true;
    part.root.dataset.verdict = last.verdict;
    part.root.dataset.occupied = last.occupied;
    part.root.dataset.seat = last.seat;
    setText(part.verdict, last.verdict);
    const who = SEAT[last.seat];
    setText(
      part.detail,
      `carrier ${last.number}, ${who} · confidence ${percent(last.confidence)} · ${clockTime(last.recorded_at)}` +
        (last.reason ? ` · ${last.reason}` : "") +
        (last.carriers > 1 ? ` · stands for ${last.carriers} carriers` : "") +
        (last.late ? ` · late: it left ${ago(last.left_at, last.recorded_at)} before it was judged` : ""),
    );
    if (part.shown !== last.id) {
      part.shown = last.id;
      part.pictures.replaceChildren(
        ...last.images.map((image, i) =>
          h("figure", { "data-verdict": image.verdict },
            image.why ? picture(image.why, { class: "seen", alt: "", title: "amber: on the open mask; blue: on the close mask; violet: on both; white: on neither" }) : null,
            picture(image.picture, { class: "carrier", width: 200, height: 200, alt: `${["Begin", "Middle", "End"][i] ?? "Picture"}: ${image.verdict}` }),
            h("figcaption", {}, `${MARK[image.verdict]} ${image.verdict}`))),
      );
      part.overlays.follow(last.images);
    }
    part.strip.replaceChildren(
      ...list.map((passage) => {
        const title = `${clockTime(passage.recorded_at)}: ${passage.verdict}, ${SEAT[passage.seat]}`;
        return h("li", { "data-verdict": passage.verdict, "data-occupied": String(passage.occupied), "data-seat": passage.seat, title },
          h("span", { "aria-hidden": "true" }, MARK[passage.verdict]), h("span", { class: "hidden" }, title));
      }),
    );
  }
}
