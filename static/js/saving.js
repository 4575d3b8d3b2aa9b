// From the key to the server's acknowledgement: what is typed is journalled, queued, sent and settled.

export class Refused extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

export function sitting(element = document.querySelector("[data-sitting]")) {
  const { attempt, base, csrf } = element.dataset;
  return { attempt, base, csrf, element };
}

export async function post(here, path, body, { keepalive = false } = {}) {
  const response = await fetch(here.base + path, {
    method: "POST",
    keepalive,
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": here.csrf },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10000),
  });
  const type = response.headers.get("Content-Type") || "";
  const told = type.startsWith("application/json") ? await response.json() : {};
  if (!response.ok) throw new Refused(response.status, told.words || "The server did not take it.");
  return told;
}

// What was typed and is not yet acknowledged, kept in this browser until the server says that it holds it.
// One entry a question: the text, the revision it was typed on, and whether the text stands for a choice.

export class Journal {
  constructor(attempt, store = window.localStorage) {
    this.prefix = `sjt/${attempt}/`;
    this.store = store;
    this.memory = new Map(); // the same again, in case the browser keeps nothing for us
  }

  put(question, entry) {
    this.memory.set(question, entry);
    try {
      this.store.setItem(this.prefix + question, JSON.stringify(entry));
    } catch {
      // A full or forbidden store: the entry stays in memory, and the server gets it as usual.
    }
  }

  drop(question) {
    this.memory.delete(question);
    try {
      this.store.removeItem(this.prefix + question);
    } catch {
      // Nothing was kept there, so nothing is left there.
    }
  }

  entries() {
    const found = new Map(this.memory);
    try {
      for (let n = 0; n < this.store.length; n++) {
        const key = this.store.key(n);
        if (!key.startsWith(this.prefix) || found.has(key.slice(this.prefix.length))) continue;
        found.set(key.slice(this.prefix.length), JSON.parse(this.store.getItem(key)));
      }
    } catch {
      // An unreadable store is an empty one.
    }
    return found;
  }

  erase() {
    for (const question of this.entries().keys()) this.drop(question);
  }
}

// The one ordered queue of unsaved answers. Only the server's acknowledgement marks an answer as saved.

const SOON = 1500; // ms after the last key, with up to as much again at random, so that a room does not save at once
const RETRY = 3000;

export class Queue {
  constructor(here, journal, tell) {
    this.here = here;
    this.journal = journal;
    this.lease = null;
    this.holding = null;
    this.tell = tell; // {saving(), saved(kept), newer(kept, sent) -> text, unsent(since), stopped(words, status), standing(told)}
    this.timer = 0;
    this.sending = null;
    this.stopped = false;
    this.since = null; // when the oldest unsaved text began to wait
  }

  get waiting() {
    return this.journal.entries();
  }

  put(question, base, text, choice) {
    this.journal.put(question, { base, text, choice });
    this.since ??= Date.now();
    this.later(SOON + Math.random() * SOON);
  }

  later(ms) {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => this.flush(), ms);
  }

  // This page becomes the one that writes.
  // Asked for once, however many wait for it: two requests would take the lease from each other.
  hold() {
    this.holding ??= post(this.here, "lease", {}).then(
      (told) => {
        this.lease = told.lease;
      },
      (error) => {
        this.holding = null;
        throw error;
      },
    );
    return this.holding;
  }

  // Sends everything that waits; resolves to true when nothing is left. Calls line up behind each other.
  flush(options) {
    const before = this.sending ?? Promise.resolve();
    const mine = before.then(() => this.send(options));
    this.sending = mine.finally(() => {
      if (this.sending === mine) this.sending = null;
    });
    return mine;
  }

  async send({ keepalive = false } = {}) {
    const waiting = this.waiting;
    if (this.stopped || waiting.size === 0) return waiting.size === 0;
    clearTimeout(this.timer);
    this.tell.saving();
    const answers = [...waiting].map(([question, { base, text }]) => ({ question, revision: base + 1, text }));
    try {
      await this.hold();
      const told = await post(this.here, "save", { attempt: this.here.attempt, lease: this.lease, answers }, { keepalive });
      for (const kept of told.kept) this.settle(kept, waiting.get(kept.question));
      this.since = this.waiting.size ? Date.now() : null;
      this.tell.standing(told);
    } catch (error) {
      this.failed(error);
      return false;
    }
    if (this.waiting.size) this.later(SOON);
    return this.waiting.size === 0;
  }

  settle(kept, sent) {
    const now = this.waiting.get(kept.question);
    if (kept.status === "newer") {
      const text = this.tell.newer(kept, sent);
      if (text === kept.text) this.journal.drop(kept.question);
      else this.journal.put(kept.question, { base: kept.revision, text });
      return;
    }
    if (now && now.text !== sent.text) this.journal.put(kept.question, { ...now, base: kept.revision });
    else this.journal.drop(kept.question);
    this.tell.saved(kept);
  }

  failed(error) {
    if (error instanceof Refused && error.status < 500 && error.status !== 429) {
      this.stopped = true;
      this.tell.stopped(error.message, error.status);
      return;
    }
    this.tell.unsent(this.since);
    this.later(RETRY + Math.random() * 1000);
  }
}
