/* The overlay on a carrier's pictures: where the network saw the bar. */

import { h } from "./dom.js";

export class Overlays {
  /** pictures: the element with the figures, one for each image given to `follow`. */
  constructor(pictures) {
    this.pictures = pictures;
    this.shown = false;
    this.root = h("button", { class: "why quiet", type: "button", "aria-pressed": "false", hidden: true }, "Where was the bar seen?");
    this.root.addEventListener("click", () => {
      this.shown = !this.shown;
      this.draw();
    });
  }

  /** Note that other images are shown: offer the overlay if any of them has one, and keep it on. */
  follow(images) {
    this.root.hidden = !images.some((image) => image.why);
    this.draw();
  }

  draw() {
    this.root.setAttribute("aria-pressed", String(this.shown));
    this.pictures.toggleAttribute("data-why", this.shown && !this.root.hidden);
  }
}
