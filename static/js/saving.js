// From the key to the server's acknowledgement: what is typed is journalled, queued, sent and settled.
// And when no server answers, an emergency file. All of it comes with the page and needs nothing more.

export class Refused extends Error {
  constructor(status, told) {
    super(told.words || "The server did not take it.");
    this.status = status;
    this.code = told.error;
  }
}

export function sitting(element = document.querySelector("[data-sitting]")) {
  const { attempt, base, csrf, emergency } = element.dataset;
  return { attempt, base, csrf, emergency, element };
}

const SILENT = 45; // seconds that the server was asked in vain, of which the next heartbeat tells
let answered = performance.now();
let missed = false; // asked in vain since
let silence = 0; // such a stretch that no heartbeat has told of yet

// Seconds since the server answered. A proxy that speaks in its place is not the server.
export function lastAnswer() {
  return (performance.now() - answered) / 1000;
}

export async function post(here, path, body, { keepalive = false } = {}) {
  const silent = () => Math.floor(Math.max(silence, missed && lastAnswer()));
  const tells = path === "beat" && silent() >= SILENT;
  const response = await fetch(here.base + path, {
    method: "POST",
    keepalive,
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": here.csrf },
    body: JSON.stringify(tells ? { ...body, silent: silent() } : body),
    signal: AbortSignal.timeout(10000),
  }).catch((error) => {
    missed = true;
    throw error;
  });
  missed ||= response.status >= 500;
  if (response.status < 500) [silence, missed, answered] = [tells ? 0 : silent(), false, performance.now()];
  const type = response.headers.get("Content-Type") || "";
  const told = type.startsWith("application/json") ? await response.json() : {};
  if (!response.ok) throw new Refused(response.status, told);
  return told;
}

// What was typed and is not yet acknowledged, kept in this browser until the server says that it holds it.
// One entry a question: {base, text, choice, typed_at, sent}: the revision it was typed on, whether the text stands for
// a choice, the device's time, and marks of what was sent on that base. The page believes the map in memory. At every
// input IndexedDB is written behind it, and localStorage holds the entry until that has reached the disk: a page that
// is killed in between still has it there, and so has a browser that refuses IndexedDB or has no room in it.
const OLD = 30 * 24 * 3600 * 1000; // ms after which what another attempt left here goes
const PATIENCE = 3000; // ms for a browser that opens its store late or never

export class Journal {
  constructor(attempt) {
    this.attempt = attempt;
    this.prefix = `sjt/${attempt}/`;
    this.memory = new Map();
    this.writing = new Set();
    this.ready = this.load(); // nothing is put or recovered before
  }

  put(question, entry) {
    this.memory.set(question, entry);
    this.beside((local) => {
      local.removeItem(this.prefix + question);
      local.setItem(this.prefix + question, JSON.stringify(entry));
    });
    this.write(question);
  }

  drop(question) {
    this.memory.delete(question);
    this.beside((local) => local.removeItem(this.prefix + question));
    return this.write(question);
  }

  entries() {
    return new Map(this.memory);
  }

  erase() {
    return Promise.all([...this.memory.keys()].map((question) => this.drop(question)));
  }

  async load() {
    const late = new Promise((_, refuse) => setTimeout(refuse, PATIENCE));
    try {
      this.database = await Promise.race([opened(), late]);
      await Promise.race([this.step((store) => this.read(store)), late]);
    } catch {
      this.database = null;
    }
    this.beside((local) => {
      for (const key of Object.keys(local).filter((key) => key.startsWith(this.prefix)))
        this.memory.set(key.slice(this.prefix.length), JSON.parse(local.getItem(key)));
    });
  }

  read(store) {
    store.openCursor().onsuccess = ({ target: { result: at } }) => {
      if (!at) return;
      if (at.key[0] === this.attempt) this.memory.set(at.key[1], at.value);
      else if (Date.parse(at.value.typed_at) < Date.now() - OLD) at.delete();
      at.continue();
    };
  }

  // One write at a time a question; what came meanwhile goes next.
  async write(question) {
    if (this.writing.has(question)) return;
    this.writing.add(question);
    const key = [this.attempt, question];
    try {
      for (let entry = null; entry !== this.memory.get(question); ) {
        entry = this.memory.get(question);
        await this.step((store) => (entry ? store.put(entry, key) : store.delete(key)));
      }
      this.beside((local) => local.removeItem(this.prefix + question));
    } catch {} // refused or full: localStorage keeps it
    this.writing.delete(question);
  }

  // Done when it is on the disk.
  async step(act) {
    const steps = this.database.transaction("typed", "readwrite", { durability: "strict" });
    act(steps.objectStore("typed"));
    await new Promise((done, refuse) => Object.assign(steps, { oncomplete: done, onabort: refuse }));
  }

  beside(act) {
    try {
      act(window.localStorage);
    } catch {} // forbidden, full or unreadable: memory has it, and the server gets it as usual
  }
}

function opened() {
  return new Promise((done, refuse) => {
    const asked = window.indexedDB.open("sjt", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("typed");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = refuse;
  });
}

function mark(text) {
  let sum = 0;
  for (let n = 0; n < text.length; n++) sum = Math.imul(sum ^ text.charCodeAt(n), 16777619);
  return `${text.length} ${sum}`;
}

// Whether the server's text is one that this browser sent: its reply was lost, and typing went on.
export function ours(entry, text) {
  return Boolean(entry.sent?.includes(mark(text)));
}

// The one ordered queue of unsaved answers. Only the server's acknowledgement marks an answer as saved.
const SOON = 1200; // ms after the last key, with up to as much again at random, so that a room does not save at once
const LATEST = 10000; // ms that a text waits at most while its writer never stops
const HANGS = 2000; // ms without a reply, and the page says so: with twice SOON within five seconds of the key
const RETRY = [2000, 4000, 8000, 12000]; // ms, with up to a quarter more
const PART = 60000; // bytes of one save: above 64 KB browsers send nothing while a page closes
const MOST = 40; // answers of one save

export class Queue {
  constructor(here, journal, tell) {
    // tell: {saving(), saved(kept), newer(kept, sent) -> text, unsent(since), stopped(words, status), standing(told)}
    // since: when the oldest unsaved text began to wait; failures: in a row
    Object.assign(this, { here, journal, tell, lease: null, holding: null, sending: null });
    Object.assign(this, { stopped: false, failures: 0, since: null });
  }

  get waiting() {
    return this.journal.entries();
  }

  put(question, base, text, choice) {
    const sent = this.journal.memory.get(question)?.sent;
    this.journal.put(question, { base, text, choice, typed_at: new Date().toISOString(), sent });
    this.since ??= Date.now();
    if (this.failures) this.tell.unsent(this.since);
    else this.later(Math.min(SOON + Math.random() * SOON, Math.max(0, this.since + LATEST - Date.now())));
  }

  later(ms) {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => this.flush(), ms);
  }

  // This page becomes the one that writes. Asked for once: two requests would take the lease from each other.
  hold() {
    const asked = (this.holding ??= post(this.here, "lease", {}).then((told) => (this.lease = told.lease)));
    return asked.catch((error) => {
      if (this.holding === asked) this.holding = null;
      throw error;
    });
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
    this.since ??= Date.now();
    if (!this.failures) this.tell.saving();
    const hangs = setTimeout(() => this.tell.unsent(this.since), HANGS);
    try {
      await this.hold();
      const parts = inParts(waiting);
      // A page that closes has no later: all at once, and the browser keeps its promise for the first if it is small.
      if (keepalive) await Promise.all(parts.map((part, n) => this.save(part, waiting, n === 0 && part.bytes <= PART)));
      else for (const part of parts) await this.save(part, waiting);
      this.failures = 0;
      this.since = this.waiting.size ? Date.now() : null;
    } catch (error) {
      this.failed(error);
      return false;
    } finally {
      clearTimeout(hangs);
    }
    if (this.waiting.size) this.later(SOON);
    return this.waiting.size === 0;
  }

  async save({ answers }, waiting, keepalive) {
    for (const { question, text } of answers) {
      const now = this.journal.memory.get(question); // marked before it leaves, because its reply may be lost
      if (now && !ours(now, text)) this.journal.put(question, { ...now, sent: [...(now.sent ?? []), mark(text)] });
    }
    const body = { attempt: this.here.attempt, lease: this.lease, answers };
    const told = await post(this.here, "save", body, { keepalive });
    for (const kept of told.kept) this.settle(kept, waiting.get(kept.question));
    this.tell.standing(told);
  }

  settle(kept, sent) {
    const now = this.journal.memory.get(kept.question) ?? sent;
    if (kept.status === "newer" && !ours(now, kept.text)) {
      const text = this.tell.newer(kept, now);
      if (text === kept.text) this.journal.drop(kept.question);
      else this.journal.put(kept.question, { ...now, base: kept.revision, text, sent: [] });
      return;
    }
    const done = kept.status === "saved" && now.text === sent.text;
    if (done) this.journal.drop(kept.question);
    else this.journal.put(kept.question, { ...now, base: kept.revision, sent: [] });
    this.tell.saved(kept);
  }

  // No answer, a fault of the server, a pause or a browser not recognised: it stays here and is sent again. Anything else stops.
  failed(error) {
    const paused = ["save.paused", "save.suspended", "lockdown.refused"].includes(error.code);
    this.stopped ||= error instanceof Refused && error.status < 500 && error.status !== 429 && !paused;
    if (this.stopped || paused) this.tell.stopped(error.message, error.status);
    else this.tell.unsent(this.since);
    this.later(RETRY[Math.min(this.failures++, 3)] * (1 + Math.random() / 4));
  }
}

function inParts(waiting) {
  const parts = [];
  for (const [question, { base, text }] of waiting) {
    const answer = { question, revision: base + 1, text };
    const bytes = new Blob([JSON.stringify(answer)]).size + 200;
    const fits = (part) => part && part.bytes + bytes <= PART && part.answers.length < MOST;
    if (!fits(parts.at(-1))) parts.push({ answers: [], bytes: 0 });
    parts.at(-1).answers.push(answer);
    parts.at(-1).bytes += bytes;
  }
  return parts;
}

// The emergency file: what this browser has and the server has not, for this installation's eyes (docs/protocol.md).
const FORMAT = "sjt-emergency-1";
const NEEDED = 60; // seconds without an answer or without an acknowledgement, while something is unsent
const OFFER =
  "You can also save what the server does not have yet as a file on this computer. Only your test centre can read it. Tell your invigilator.";
const CANNOT =
  "What you typed is kept in this browser. It cannot be saved as a file as well, because this page does not have a secure address (https) and so cannot encrypt. Tell your invigilator, and leave this computer as it is.";
const FAILED = "The file could not be saved. What you typed is still in this browser. Tell your invigilator.";

async function sealed({ attempt, emergency }, plain) {
  const { subtle } = crypto;
  const [curve, bytes] = [{ name: "ECDH", namedCurve: "P-256" }, (text) => new TextEncoder().encode(text)];
  const raw = Uint8Array.from(atob(emergency), (letter) => letter.charCodeAt(0));
  const mine = await subtle.generateKey(curve, false, ["deriveBits"]);
  const salt = await subtle.exportKey("raw", mine.publicKey);
  const theirs = await subtle.importKey("raw", raw, curve, false, []);
  const shared = await subtle.deriveBits({ name: "ECDH", public: theirs }, mine.privateKey, 256);
  const secret = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt, info: bytes(FORMAT) };
  const key = await subtle.deriveKey(how, secret, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const lock = { name: "AES-GCM", iv, additionalData: bytes(attempt) };
  return new Blob([`${FORMAT}\n`, salt, iv, await subtle.encrypt(lock, key, bytes(plain))]);
}

export class EmergencyFile {
  constructor(here, journal, after) {
    const can = window.isSecureContext && crypto.subtle;
    Object.assign(this, { here, journal, offered: can ? OFFER : CANNOT });
    this.box = Object.assign(document.createElement("div"), { className: "exam-banner", hidden: true });
    this.words = this.box.appendChild(document.createElement("p"));
    this.words.setAttribute("role", "status");
    if (can) {
      const button = this.box.appendChild(document.createElement("button"));
      Object.assign(button, { type: "button", className: "button button-secondary", textContent: "Save an emergency file" });
      button.addEventListener("click", () => this.save().catch(() => (this.words.textContent = FAILED)));
    }
    after.after(this.box);
  }

  show(wanted) {
    if (wanted && this.box.hidden) this.words.textContent = this.offered;
    this.box.hidden = !wanted;
  }

  // Offered once the queue has waited too long, and until all is saved.
  watch(queue) {
    setInterval(() => {
      const waits = queue.since && (Date.now() - queue.since) / 1000;
      this.show(this.journal.memory.size > 0 && (!this.box.hidden || Math.max(waits, lastAnswer()) >= NEEDED));
    }, 1000);
  }

  async save() {
    const { attempt } = this.here;
    const answers = [...this.journal.memory].map(([question, { base, text, typed_at }]) => ({ question, revision: base + 1, text, typed_at }));
    const plain = { format: FORMAT, attempt, made_at: new Date().toISOString(), answers };
    const file = URL.createObjectURL(await sealed(this.here, JSON.stringify(plain)));
    const link = Object.assign(document.createElement("a"), { href: file, download: `emergency-${attempt.slice(0, 8)}.sjt` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(file), 60000);
    const count = answers.length === 1 ? "one answer" : `${answers.length} answers`;
    this.words.textContent = `Saved with ${count} as ${link.download}. Tell your invigilator. If you write more, save it again.`;
  }
}
