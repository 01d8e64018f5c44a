/* A lift's site calibration: the newest proposal, GO or NO-GO, whether the lift is judged by it, and what it said in shadow. */

import { call, get, post } from "./api.js";
import { clockTime, h, percent, setText } from "./dom.js";
import { clustersFigure, hundredths } from "./clusters.js";

const REFRESH_MS = 30_000;
const DISAGREEMENTS = 10; // the newest are listed

/** "0.4 %", and in words what is too little to be written so. */
const finely = (part) => (part < 0.0005 ? "less than 0.1\u00a0%" : `${(100 * part).toFixed(1)}\u00a0%`);

/** Say why there is no proposal; where the service counts passages, how many are still needed. */
function explain(error) {
  const { seen, needed } = error.parameters;
  if (needed === undefined) return `Not done: ${error.message}`;
  return `Too early: ${seen} of ${needed} carriers seen well enough so far, ${needed - seen} still needed.`;
}

export class SiteCalibration {
  /** mayAct() says whether the person may find and activate site calibrations. */
  constructor(liftId, mayAct) {
    this.path = `/lifts/${encodeURIComponent(liftId)}/site-calibrations`;
    this.mayAct = mayAct;
    this.lift = null;
    this.model = null; // of the newest passage: what the lift is judged with
    this.items = null; // newest first
    this.differing = []; // the newest carriers that the calibration shown judged differently in shadow
    this.asked = this.nextAt = 0;
    this.busy = false;
    this.short = h("span", { class: "short" });
    this.decision = h("p", { class: "decision" });
    this.figure = h("div");
    this.origin = h("p", { class: "origin" });
    this.use = h("p", { class: "use" });
    this.shadow = h("p", { class: "shadow" });
    this.disagreements = h("ul", { class: "disagreements" });
    this.actions = h("div", { class: "actions", role: "group", "aria-label": "What the lift is judged by" });
    this.outcome = h("p", { class: "outcome", role: "status" });
    this.recalculate = this.button("Recalculate", () => post(this.path), (found) => `Calculated from ${found.margins.length} carriers.`);
    this.useIt = this.button("Use this calibration", () => post(`${this.path}/${this.shown().version}/activate`), () => "Done: the lift is judged by it from now on.");
    this.compare = this.button("Compare in shadow", () => post(`${this.path}/${this.shown().version}/shadow`), () => "Done: it judges the coming carriers as well, and decides nothing.");
    this.endShadow = this.button("Compare no longer", () => call("DELETE", `${this.path}/shadow`), () => "Done: nothing is compared any more.");
    this.useMasks = this.button("Use the masks alone", () => call("DELETE", `${this.path}/active`), () => "Done: the lift is judged by its masks alone from now on.");
    this.root = h("details", { class: "own" },
      h("summary", {}, h("span", {}, "Bar open / closed: what this lift's own carriers say"), this.short),
      this.decision, this.figure, this.origin, this.use, this.shadow, this.disagreements, this.actions, this.outcome);
  }

  /** Keep up with the lift; to be called at every poll. */
  follow(lift, model) {
    const other = lift.mask_version !== this.lift?.mask_version;
    this.lift = lift;
    this.model = model;
    if (other || Date.now() >= this.nextAt) this.refresh();
    else this.draw();
  }

  async refresh() {
    this.nextAt = Date.now() + REFRESH_MS;
    const asked = (this.asked += 1);
    try {
      const { items } = await get(this.path);
      if (asked !== this.asked) return; // a later answer has come already
      this.items = items;
      const found = this.shown();
      const differs = found?.shadow_counts.disagreed > 0;
      const page = differs ? await get(`${this.path}/${found.version}/disagreements?limit=${DISAGREEMENTS}`) : { items: [] };
      if (asked !== this.asked) return;
      this.differing = page.items;
    } catch {
      return; // the page says by itself when it is not connected
    }
    this.draw();
  }

  /** What was found with the masks and the model that the lift is judged with: nothing else can be used. */
  usable() {
    const { lift, model } = this;
    return (this.items ?? []).filter((one) => one.mask_version === lift.mask_version && (!model || one.model === model));
  }

  shown() {
    return this.usable()[0];
  }

  draw() {
    const found = this.shown();
    const active = this.usable().find((one) => one.active);
    this.root.hidden = this.items === null;
    this.decision.hidden = this.origin.hidden = this.figure.hidden = !found;
    if (found) this.drawFound(found);
    setText(this.use, this.inUse(found, active));
    this.drawShadow(found);
    setText(this.short, !found ? "nothing yet" : `${this.word(found)} · ${found.active ? "in use" : "not in use"}`);
    if (this.mayAct() !== Boolean(this.actions.firstChild)) {
      this.actions.replaceChildren(...(this.mayAct() ? [this.recalculate, this.compare, this.endShadow, this.useIt, this.useMasks] : []));
    }
    this.actions.hidden = !this.lift.mask_version || !this.mayAct();
    this.useIt.hidden = !found || found.active;
    this.useIt.classList.toggle("quiet", !found?.go || !this.lift.armed);
    this.useMasks.hidden = !active;
    this.compare.hidden = !found || found.active || found.shadow;
    this.endShadow.hidden = !this.usable().some((one) => one.shadow);
    for (const button of this.actions.children) {
      button.disabled = this.busy;
      button.setAttribute("aria-label", `${button.textContent}: ${this.lift.name}`);
    }
  }

  /** Only armed lifts get GO: swapped masks and another lift's masks may separate the clusters as well. */
  word(found) {
    if (this.lift.armed) return found.go ? "GO" : "NO-GO";
    return found.go || this.lift.not_armed?.reason !== "passages_do_not_part" ? "NOT ARMED" : "NO-GO";
  }

  drawFound(found) {
    const word = this.word(found);
    const consequence = {
      "GO": ", so the threshold between them tells open from closed.",
      "NO-GO": ", too much to tell open from closed. Review carriers and recalculate, or check masks and camera.",
      "NOT ARMED": `, but the lift is ${this.lift.not_armed?.message ?? "not armed"}.`,
    };
    this.decision.dataset.go = word === "GO";
    const says = `${word}: the two clusters overlap by ${finely(found.overlap)}${consequence[word]}`;
    if (this.decision.textContent !== says) {
      this.decision.replaceChildren(h("strong", {}, word), says.slice(word.length));
    }
    if (this.drawn !== found.version) {
      this.drawn = found.version;
      this.figure.replaceChildren(clustersFigure(found));
    }
    const reviewed = found.reviewed ? `${found.reviewed} of them reviewed` : "none of them reviewed";
    setText(
      this.origin,
      `Calculated ${clockTime(found.created_at)} from ${found.margins.length} carriers, ${reviewed} · ` +
        `${percent(found.open_share).replace(" ", "\u00a0")} open · ` +
        (found.prototypes ? "knows what open and closed carriers look like" : "too few of one state to learn what it looks like") +
        (found.adapter ? " · corrected by what was reviewed" : "") +
        (found.seats ? ` · ${this.seats(found.seats)}` : ""),
    );
  }

  /** How often it would have judged otherwise, and the newest carriers on which it would. */
  drawShadow(found) {
    const { compared, disagreed } = found?.shadow_counts ?? { compared: 0, disagreed: 0 };
    this.shadow.hidden = !found?.shadow && !compared;
    this.disagreements.hidden = !disagreed;
    if (this.shadow.hidden) return;
    const since = found.shadow ? "In shadow: it judges every carrier as well, and decides nothing." : "It was in shadow.";
    setText(this.shadow, `${since} ${compared} carriers compared, ${disagreed} judged differently.`);
    this.disagreements.replaceChildren(...this.differing.map((one) =>
      h("li", {},
        h("a", { href: `passages/${encodeURIComponent(one.passage_id)}/pictures/2.jpg` }, clockTime(one.seen_at)),
        `: decided ${one.verdict}, in shadow ${one.shadow_verdict}` + (one.review ? `, reviewed ${one.review}` : ""))));
  }

  /** What it learnt about its seat: how often it was taken, and which way its log odds are shifted. */
  seats({ occupied_share: share, threshold }) {
    const taken = `${percent(share).replace(" ", "\u00a0")} occupied`;
    if (Math.abs(threshold) < 0.1) return taken;
    return `${taken}, its seat looks ${threshold > 0 ? "more" : "less"} like somebody than other lifts' seats`;
  }

  inUse(found, active) {
    if (!this.lift.mask_version) return "No masks yet: nothing is judged, and nothing can be calculated.";
    if (!found) return "No proposal yet: the service makes one once enough carriers were seen well enough.";
    if (found.active) return "In use: the lift is judged by this threshold.";
    if (!active) return "Not in use: the lift is judged by its masks alone.";
    const which = `an earlier threshold, ${hundredths(active.threshold)}, calculated ${clockTime(active.created_at)}`;
    return `Not in use: the lift is judged by ${which}.`;
  }

  button(name, work, done) {
    const button = h("button", { type: "button", class: name === "Use this calibration" ? null : "quiet" }, name);
    button.addEventListener("click", async () => {
      this.busy = true;
      setText(this.outcome, "");
      this.draw();
      let says;
      try {
        says = done(await work());
      } catch (error) {
        says = explain(error);
      }
      this.busy = false;
      await this.refresh();
      this.draw();
      setText(this.outcome, says);
      // A button that was hidden or disabled meanwhile has lost the keyboard's focus.
      if (document.activeElement === document.body) {
        (button.hidden ? this.recalculate : button).focus();
      }
    });
    return button;
  }
}
