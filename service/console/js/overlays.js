/* What can be laid over a carrier's pictures: where the bar was seen, and where a second network looked. */

import { h, setText } from "./dom.js";

const LOOKS = { surroundings: "surroundings", parts: "object parts" };

export class Overlays {
  /** pictures: the element with the figures, one for each image that `follow` is told of. */
  constructor(pictures) {
    this.pictures = pictures;
    this.images = [];
    this.over = null; // "bar", or one of LOOKS
    this.asked = 0;
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
      this.draw();
    });
    this.buttons.set(what, made);
    return made;
  }

  /** Other pictures are shown: offer what there is of them, and keep to what is laid over. */
  follow(images) {
    this.images = images;
    this.bar.hidden = !images.some((image) => image.why);
    this.looks.hidden = !images.some((image) => image.attention);
    if (this.over === "bar" ? this.bar.hidden : this.looks.hidden) this.over = null;
    this.draw();
  }

  draw() {
    for (const [what, button] of this.buttons) button.setAttribute("aria-pressed", String(what === this.over));
    this.pictures.toggleAttribute("data-why", this.over === "bar");
    for (const old of this.pictures.querySelectorAll(".looked")) old.remove();
    setText(this.said, "");
    this.asked += 1;
    if (this.over in LOOKS) this.look(this.over);
  }

  /** Ask for one picture after the other: each is worked out when asked for, and takes its time. */
  async look(level) {
    const asked = this.asked;
    const figures = [...this.pictures.children];
    let last = "The lighter, the more it looked there.";
    setText(this.said, "Looking …");
    for (const [i, { attention }] of this.images.entries()) {
      if (!attention) continue;
      const laid = h("img", { class: "looked", src: attention[level], alt: "" });
      try {
        await laid.decode();
      } catch {
        last = "Cannot be shown now.";
      }
      if (asked !== this.asked) return;
      if (laid.naturalWidth) figures[i].prepend(laid);
    }
    setText(this.said, last);
  }
}
