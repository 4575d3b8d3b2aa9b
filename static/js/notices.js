// Messages, oldest first and one at a time. They stand in the bar, which grows: they cover nothing and take no focus.
// Fetched when there is one.
import { post } from "./saving.js";

export class Notices {
  constructor(here) {
    this.here = here;
    this.region = document.querySelector("[data-notices]");
    this.shape = document.querySelector("[data-notice-shape]");
    this.told = []; // what the server says that waits
    this.own = []; // what this page has to say of itself
    this.read = new Set();
    this.region.addEventListener("submit", (event) => this.pressed(event));
    this.region.addEventListener("focusin", (event) => {
      const from = event.relatedTarget; // none when it comes from a message that is gone
      if (from && !this.region.contains(from)) this.from = from;
    });
  }

  hear(told) {
    this.told = told;
    this.show();
  }

  say(words) {
    this.own.push({ ref: `own ${this.own.length}`, words });
    this.show();
  }

  show() {
    const next = [...this.told, ...this.own].find((one) => !this.read.has(one.ref));
    const shown = this.region.querySelector("form");
    if (shown?.dataset.notice === next?.ref) return;
    if (!next) {
      this.region.replaceChildren();
      return;
    }
    const form = this.shape.content.firstElementChild.cloneNode(true);
    form.dataset.notice = next.ref;
    form.querySelector("[data-from]").textContent = next.at ? `From your invigilator, ${next.at}:` : "Your time:";
    form.querySelector("[data-notice-words]").textContent = next.words;
    this.region.replaceChildren(form);
  }

  async pressed(event) {
    event.preventDefault();
    const { notice } = event.target.dataset;
    this.read.add(notice);
    this.show();
    (this.region.querySelector("button") ?? this.from ?? document.getElementById("main")).focus({ preventScroll: true });
    if (notice.startsWith("own ")) return;
    try {
      await post(this.here, `notices/${notice}`, {});
    } catch {
      this.read.delete(notice); // the next heartbeat shows it again
    }
  }
}
