/* What can be laid over a carrier's pictures: where the bar was seen, and where a second network looked. */

import { h, setText } from "./dom.js";

const PATIENCE = 2; // carriers in a row whose looks were not over when the next came: then it is let be
const LOOKS = { surroundings: "surroundings", parts: "parts" };

export class Overlays {
  /** pictures: the element with the figures, one for each image that `follow` is told of. */
  constructor(pictures) {
    this.pictures = pictures;
    this.images = [];
    this.over = null; // "bar", or one of LOOKS
    this.asked = 0;
    this.loading = null; // the picture that is waited for
    this.missed = 0;
    this.buttons = new Map();
    this.bar = this.button("bar", "Where was the bar seen?");
    this.said = h("span", { role: "status" });
    this.looks = h(
      "div",
      { class: "looks", role: "group", "aria-label": "Where a second network looked; it has no part in the verdict", hidden: true },
      h("span", { "aria-hidden": "true", title: "It has no part in the verdict." }, "Where a second network looked:"),
      ...Object.entries(LOOKS).map(([level, words]) => this.button(level, words)),
      this.said,
    );
    this.root = h("div", { class: "overlays" }, this.bar, this.looks);
  }

  button(what, words) {
    const made = h("button", { class: "why quiet", type: "button", "aria-pressed": "false" }, words);
    made.addEventListener("click", () => {
      this.over = this.over === what ? null : what;
      this.missed = 0;
      this.draw();
    });
    this.buttons.set(what, made);
    return made;
  }

  /** Other pictures are shown: offer what there is of them, and keep to what is laid over. */
  follow(images) {
    this.images = images;
    this.missed = this.loading ? this.missed + 1 : 0;
    const late = this.missed >= PATIENCE;
    this.bar.hidden = !images.some((image) => image.why);
    this.looks.hidden = !images.some((image) => image.attention);
    if (late || (this.over === "bar" ? this.bar.hidden : this.looks.hidden)) this.over = null;
    this.draw();
    if (late) setText(this.said, "Carriers come faster than they can be looked at.");
  }

  draw() {
    for (const [what, button] of this.buttons) button.setAttribute("aria-pressed", String(what === this.over));
    this.pictures.toggleAttribute("data-why", this.over === "bar");
    for (const old of this.pictures.querySelectorAll(".looked")) old.remove();
    setText(this.said, "");
    this.asked += 1;
    this.loading?.removeAttribute("src"); // its connection is free for others
    this.loading = null;
    if (this.over in LOOKS) this.look(this.over);
  }

  /** Ask for one picture after the other: each is worked out when asked for, and takes its time. */
  async look(level) {
    const asked = this.asked;
    const figures = [...this.pictures.children];
    let last = "Lighter: looked at more.";
    setText(this.said, "Looking …");
    for (const [i, { attention }] of this.images.entries()) {
      if (!attention) continue;
      const laid = (this.loading = h("img", { class: "looked", src: attention[level], alt: "" }));
      try {
        await laid.decode();
      } catch {
        last = "Cannot be shown now.";
      }
      if (asked !== this.asked) return;
      if (laid.naturalWidth) figures[i].prepend(laid);
    }
    this.loading = null;
    setText(this.said, last);
  }
}
