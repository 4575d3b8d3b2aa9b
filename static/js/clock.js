// The time left and the heartbeat. Both only show and hear: the server keeps the time.
import { post } from "./saving.js";

const ANNOUNCED = [30, 10, 5, 1]; // minutes

export class Countdown {
  constructor(root, onOver) {
    this.left = root.querySelector("[data-time-left]");
    this.finish = root.querySelector("[data-finish]");
    this.live = root.querySelector("[data-time-said]");
    this.toggle = root.querySelector(".time-toggle");
    this.onOver = onOver;
    this.hear(Number(this.left.dataset.seconds), this.finish.textContent);
    this.said = this.seconds / 60;
    try { this.hidden = localStorage.getItem("sjt/hide-time") === "yes"; } catch {} // a browser may forbid it
    this.toggle.addEventListener("click", () => this.hide(!this.hidden));
    this.hide(this.hidden);
    setInterval(() => this.show(), 1000);
    document.addEventListener("visibilitychange", () => this.show());
  }

  // The server's own words: seconds left at this moment. A device's clock plays no part.
  hear(seconds, finish) {
    this.over = false;
    this.at = performance.now() + seconds * 1000;
    if (finish) this.finish.textContent = finish;
    this.show();
  }

  get seconds() {
    return Math.max(0, Math.ceil((this.at - performance.now()) / 1000));
  }

  show() {
    const seconds = this.seconds;
    this.left.dataset.seconds = seconds;
    const words = `${timeLeft(seconds)} left · `;
    if (!this.hidden && this.left.textContent !== words) this.left.textContent = words;
    this.announce(seconds / 60);
    if (seconds === 0 && !this.over) {
      this.over = true;
      this.onOver();
    }
  }

  announce(minutes) {
    const passed = ANNOUNCED.find((mark) => minutes <= mark && this.said > mark);
    if (passed) this.live.textContent = passed === 1 ? "One minute left" : `${passed} minutes left`;
    this.said = minutes;
  }

  hide(hidden) {
    this.hidden = hidden;
    try { localStorage.setItem("sjt/hide-time", hidden ? "yes" : "no"); } catch {} // then it is not remembered
    this.left.hidden = hidden;
    this.toggle.setAttribute("aria-pressed", String(hidden));
    this.toggle.firstChild.textContent = hidden ? "Show" : "Hide";
    this.show();
  }
}

export function timeLeft(seconds) {
  if (seconds <= 0) return "no time";
  if (seconds < 60) return "less than a minute";
  const minutes = Math.ceil(seconds / 60);
  const parts = [Math.floor(minutes / 60) && `${Math.floor(minutes / 60)} h`, minutes % 60 && `${minutes % 60} min`];
  return parts.filter(Boolean).join(" ");
}

// The heartbeat: every 15 seconds, a little early or late, says that the page is there and hears what changed.

const EVERY = 15000;
const JITTER = 2000;

export class Heartbeat {
  constructor(here, told, { every = EVERY, unsent = () => 0 } = {}) {
    this.here = here;
    this.told = told;
    this.every = every;
    this.unsent = unsent;
    this.beat();
    document.addEventListener("visibilitychange", () => document.hidden || this.beat());
    window.addEventListener("online", () => this.beat());
  }

  async beat() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.beat(), this.every + (Math.random() - 0.5) * Math.min(JITTER, this.every / 4));
    try {
      this.told(await post(this.here, "beat", { hidden: document.hidden, unsent: this.unsent() }));
    } catch {
      // Silence changes nothing here; the board sees it, and the next beat tells of it (saving.js).
    }
  }
}
