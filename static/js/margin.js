// Notes and highlights of the scenario on the page. Fetched with the first touch of it, or when there are any.
import { post, Refused } from "./saving.js";

const SOON = 1500;
const RETRY = 3000;

// One jotting on its way to the server: one request at a time, each the next revision.
class Slip {
  constructor(here, scenario, kind, revision, tell) {
    Object.assign(this, { here, scenario, kind, revision, tell, waits: false, line: Promise.resolve(true) });
  }

  put(text, soon = SOON) {
    this.text = text;
    this.waits = true;
    this.later(soon);
  }

  later(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), ms);
  }

  flush(options) {
    this.line = this.line.then(() => this.send(options));
    return this.line;
  }

  async send(options) {
    if (!this.waits) return true;
    clearTimeout(this.timer);
    const { scenario, kind, text } = this;
    try {
      const kept = await post(this.here, "jot", { scenario, kind, revision: this.revision + 1, text }, options);
      this.revision = kept.revision;
      if (kept.status === "newer") {
        this.put(this.tell.newer(kept.text, text), 0);
        return false;
      }
      this.waits = this.text !== text;
      if (!this.waits) this.tell.saved(kept.saved_at);
      return !this.waits;
    } catch (error) {
      this.tell.failed();
      if (!(error instanceof Refused) || error.status >= 500) this.later(RETRY);
      return false;
    }
  }
}

export function merged(spans) {
  const found = [];
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = found.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else found.push([start, end]);
  }
  return found;
}

export class Margin {
  constructor(here) {
    const root = document.querySelector("[data-scenario]");
    const { scenario } = root.dataset;
    this.text = root.querySelector(".scenario-text");
    this.button = root.querySelector("[data-highlight]");
    this.said = root.querySelector("[data-highlight-said]");
    this.spans = JSON.parse(this.text.dataset.highlights);
    this.marks = new Slip(here, scenario, "highlights", Number(this.text.dataset.revision), {
      saved: () => {},
      failed: () => this.say("Not kept yet. It is tried again."),
      newer: (theirs) => {
        this.spans = merged([...JSON.parse(theirs), ...this.spans]);
        this.paint();
        return JSON.stringify(this.spans);
      },
    });
    this.panel = root.querySelector(".scenario-notes");
    this.key = `sjt-note/${here.attempt}/${scenario}`;
    this.openNotes = () => this.notes(here, scenario);
    if (held(this.key)) this.panel.open = true;
    if (this.panel.open) this.openNotes();
    else this.panel.addEventListener("toggle", this.openNotes, { once: true });
    this.paint();
    this.listen();
  }

  // The box for notes comes when the panel is opened.
  notes(here, scenario) {
    this.panel.append(this.panel.querySelector("[data-note-shape]").content);
    this.box = this.panel.querySelector("[data-note]");
    this.noted = this.panel.querySelector("[data-note-said]");
    this.note = new Slip(here, scenario, "note", Number(this.box.dataset.revision), {
      saved: (at) => {
        this.tell("saved", `Saved ${at}`);
        keep(this.key, null);
      },
      failed: () => this.tell("unsaved", "Not saved yet. It is tried again."),
      newer: (theirs, mine) => {
        this.box.value = `${theirs}\n\n-----\n${mine}\n-----`;
        return this.box.value;
      },
    });
    this.box.addEventListener("input", () => this.typed());
    this.box.addEventListener("blur", () => this.note.flush());
    this.recover();
  }

  flush(options) {
    return Promise.all([this.note?.flush(options), this.marks.flush(options)]);
  }

  listen() {
    this.button.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
    this.button.addEventListener("click", () => this.highlight());
    document.addEventListener("selectionchange", () => this.look());
    this.text.addEventListener("click", (event) => this.pressed(event.target.closest("mark")));
    this.text.addEventListener("keydown", (event) => {
      const mark = event.target.closest("mark");
      if (!mark || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault();
      this.pressed(mark);
      this.text.focus({ preventScroll: true });
    });
    document.addEventListener("visibilitychange", () => document.hidden && this.flush({ keepalive: true }));
    window.addEventListener("pagehide", () => this.flush({ keepalive: true }));
    this.look();
  }

  // --- notes
  typed() {
    this.tell("saving", "Not saved yet");
    keep(this.key, { revision: this.note.revision, text: this.box.value });
    this.note.put(this.box.value);
  }

  tell(state, words) {
    this.noted.dataset.state = state;
    this.noted.textContent = words;
  }

  // What an earlier page could not send.
  recover() {
    const kept = held(this.key);
    if (!kept || kept.text === this.box.value) {
      keep(this.key, null);
      return;
    }
    this.box.value = kept.text;
    this.note.revision = kept.revision;
    this.tell("saving", "Recovered in this browser, not saved yet");
    this.note.put(kept.text, 0);
  }

  // --- highlights: [start, end) in the plain text of the scenario
  say(words) {
    this.said.textContent = words;
  }

  get selected() {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!range.intersectsNode(this.text)) return null;
    const start = this.text.contains(range.startContainer) ? this.place(range.startContainer, range.startOffset) : 0;
    const whole = this.text.textContent;
    const end = this.text.contains(range.endContainer) ? this.place(range.endContainer, range.endOffset) : whole.length;
    const words = whole.slice(start, end);
    if (!words.trim()) return null;
    return [start + words.length - words.trimStart().length, end - (words.length - words.trimEnd().length)];
  }

  place(node, offset) {
    const range = document.createRange();
    range.selectNodeContents(this.text);
    range.setEnd(node, offset);
    return range.toString().length;
  }

  look() {
    const can = this.selected !== null;
    if (this.button.getAttribute("aria-disabled") === String(!can)) return;
    this.button.setAttribute("aria-disabled", String(!can));
    this.say(can ? "Press to highlight what is selected." : "Select words in the text first.");
  }

  highlight() {
    const span = this.selected;
    if (!span) return;
    document.getSelection().removeAllRanges();
    this.change(merged([...this.spans, span]));
    this.say("Highlighted. Press a highlight to remove it.");
  }

  pressed(mark) {
    if (!mark || !document.getSelection().isCollapsed) return; // selecting is no pressing
    this.change(this.spans.filter((_, n) => n !== Number(mark.dataset.n)));
    this.say("Highlight removed.");
  }

  change(spans) {
    this.spans = spans;
    this.paint();
    this.marks.put(JSON.stringify(spans), 300);
  }

  paint() {
    for (const mark of this.text.querySelectorAll("mark")) mark.replaceWith(...mark.childNodes);
    this.text.normalize();
    this.spans.forEach((span, n) => this.wrap(span, n));
    this.text.normalize();
  }

  wrap([start, end], n) {
    const walker = document.createTreeWalker(this.text, NodeFilter.SHOW_TEXT);
    const pieces = [];
    for (let at = 0; walker.nextNode() && at < end; at += walker.currentNode.length) {
      const node = walker.currentNode;
      const from = Math.max(start - at, 0);
      const to = Math.min(end - at, node.length);
      if (from < to && node.data.slice(from, to).trim()) pieces.push([node, from, to]);
    }
    pieces.forEach(([node, from, to], piece) => {
      const mark = document.createElement("mark");
      mark.dataset.n = n;
      if (piece === 0) Object.assign(mark, { tabIndex: 0, role: "button", title: "Remove this highlight" });
      const range = document.createRange();
      range.setStart(node, from);
      range.setEnd(node, to);
      range.surroundContents(mark);
    });
  }
}

function keep(key, value) {
  try {
    if (value) localStorage.setItem(key, JSON.stringify(value));
    else localStorage.removeItem(key);
  } catch {
    // A browser that keeps nothing for us: the note still goes to the server.
  }
}

function held(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}
