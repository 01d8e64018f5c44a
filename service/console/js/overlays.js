/* What can be laid over a carrier's pictures: where the network saw the bar. */

import { h } from "./dom.js";

export class Overlays {
  /** pictures: the element with the figures, one for each image that `follow` is told of. */
  constructor(pictures) {
    this.pictures = pictures;
    this.shown = false;
    this.root = h("button", { class: "why quiet", type: "button", "aria-pressed": "false", hidden: true }, "Where was the bar seen?");
    this.root.addEventListener("click", () => {
      this.shown = !this.shown;
      this.draw();
    });
  }

  /** Other pictures are shown: offer the overlay if there is one of them, and keep it on. */
  follow(images) {
    this.root.hidden = !images.some((image) => image.why);
    this.draw();
  }

  draw() {
    this.root.setAttribute("aria-pressed", String(this.shown));
    this.pictures.toggleAttribute("data-why", this.shown && !this.root.hidden);
  }
}
