// The time left and the heartbeat. Both only show and hear: the server keeps the time.
import { post } from "./saving.js";

const ANNOUNCED = [30, 10, 5, 1]; // minutes
const LEAP = 2000; // ms by which the two clocks of a device part when it slept, or when somebody set it

export class Countdown {
  constructor(root, { over, added, woke }) {
    this.left = root.querySelector("[data-time-left]");
    this.finish = root.querySelector("[data-finish]");
    this.live = root.querySelector("[data-time-said]");
    this.toggle = root.querySelector(".time-toggle");
    this.tell = { over, added, woke };
    this.apart = Date.now() - performance.now();
    this.hear(Number(this.left.dataset.seconds), this.finish.textContent);
    this.said = this.seconds / 60;
    this.hidden = remembered("getItem", "sjt/hide-time") === "yes";
    this.toggle.addEventListener("click", () => this.hide(!this.hidden));
    root.querySelector(".time-say").addEventListener("click", () => this.say());
    this.hide(this.hidden);
    setInterval(() => this.tick(), 1000);
    for (const woken of ["visibilitychange", "pageshow", "online"]) {
      (woken === "visibilitychange" ? document : window).addEventListener(woken, () => this.show());
    }
  }

  // The server's own words: seconds left at this moment. A device's clock plays no part.
  hear(seconds, finish) {
    const at = performance.now() + seconds * 1000;
    const minutes = Math.round((at - this.at) / 60000);
    const later = minutes >= 1 && finish && finish !== this.finish.textContent;
    this.over = false;
    this.at = at;
    if (finish) this.finish.textContent = finish;
    this.show();
    if (later) this.tell.added(minutes, finish);
  }

  get seconds() {
    return Math.max(0, Math.ceil((this.at - performance.now()) / 1000));
  }

  // A device that slept may not have counted: the server is asked at once.
  tick() {
    const apart = Date.now() - performance.now();
    if (Math.abs(apart - this.apart) > LEAP) this.tell.woke();
    this.apart = apart;
    this.show();
  }

  show() {
    const seconds = this.seconds;
    this.left.dataset.seconds = seconds;
    const words = `${timeLeft(seconds)} left · `;
    if (!this.hidden && this.left.textContent !== words) this.left.textContent = words;
    this.announce(seconds / 60);
    if (seconds === 0 && !this.over) {
      this.over = true;
      this.tell.over();
    }
  }

  announce(minutes) {
    const passed = ANNOUNCED.find((mark) => minutes <= mark && this.said > mark);
    if (passed) this.live.textContent = passed === 1 ? "One minute left" : `${passed} minutes left`;
    this.said = minutes;
  }

  // On demand, and each time anew: what stands there already would not be spoken again.
  say() {
    this.live.textContent = "";
    setTimeout(() => {
      this.live.textContent = `${timeLeft(this.seconds)} left. You finish at ${this.finish.textContent}.`;
    }, 100);
  }

  hide(hidden) {
    this.hidden = hidden;
    remembered("setItem", "sjt/hide-time", hidden ? "yes" : "no");
    this.left.hidden = hidden;
    this.toggle.setAttribute("aria-pressed", String(hidden));
    this.toggle.firstChild.textContent = hidden ? "Show" : "Hide";
    this.show();
  }
}

function remembered(act, ...values) {
  try {
    return localStorage[act](...values);
  } catch {
    return null; // a browser that keeps nothing for us
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
  constructor(here, told, { every = EVERY, facts = () => ({}) } = {}) {
    this.here = here;
    this.told = told;
    this.every = every;
    this.facts = facts;
    this.watchBattery();
    this.beat();
    document.addEventListener("visibilitychange", () => document.hidden || this.beat());
    window.addEventListener("pageshow", (event) => event.persisted && this.beat());
    window.addEventListener("online", () => this.beat());
  }

  // Messages that wait, and what this page has to say; their script is fetched with the first of them.
  hear(waiting) {
    if (waiting.length || this.notices) this.withNotices((notices) => notices.hear(waiting));
  }

  say(words) {
    this.withNotices((notices) => notices.say(words));
  }

  async withNotices(act) {
    this.notices ??= import("./notices.js").then(({ Notices }) => new Notices(this.here));
    try {
      act(await this.notices);
    } catch {
      this.notices = null; // no connection: the next reply tries again
    }
  }

  async watchBattery() {
    this.battery = await navigator.getBattery?.().catch(() => null);
  }

  get body() {
    const { seb } = document.documentElement.dataset; // what seb.js says of this page, at that level
    return {
      hidden: document.hidden,
      online: navigator.onLine,
      connection: navigator.connection?.effectiveType ?? null,
      battery: this.battery ? Math.round(this.battery.level * 100) : null,
      lockdown: "open",
      ...(seb && { seb: JSON.parse(seb) }),
      ...this.facts(),
    };
  }

  async beat() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.beat(), this.every + (Math.random() - 0.5) * Math.min(JITTER, this.every / 4));
    try {
      const told = await post(this.here, "beat", this.body);
      this.hear(told.notices);
      this.told(told);
    } catch {
      // It changes nothing here: the board sees it, and `post` tells of it with the beat that gets through.
    }
  }
}
