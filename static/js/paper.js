// The paper and its review: answers go through the journal and the queue; clock and heartbeat run beside them.
import { Countdown, Heartbeat } from "./clock.js";
import { EmergencyFile, Journal, ours, post, Queue, sitting } from "./saving.js";

const here = sitting();
const journal = new Journal(here.attempt);
const bar = document.querySelector("[data-saved]");
const banner = document.querySelector("[data-banner]");
const boxes = new Map([...document.querySelectorAll("[data-question]")].map((box) => [box.dataset.question, box]));
let queue;
let heartbeat;
let savedAt = null; // when this page last heard that something was saved

function say(state, words) {
  bar.dataset.state = state;
  if (bar.textContent !== words) bar.textContent = words;
}

function warn(words) {
  banner.hidden = !words;
  if (banner.textContent !== words) banner.textContent = words;
}

function clockTime(ms) {
  return new Date(ms).toLocaleTimeString("en-GB", { timeZone: "Europe/London" });
}

function foot(box, words, state) {
  const saved = box.closest(".question").querySelector(".answer-foot .saved");
  saved.textContent = words;
  saved.dataset.state = state;
  const counted = box.closest(".question").querySelector("[data-words]");
  if (!counted) return;
  const count = box.value.trim() ? box.value.trim().split(/\s+/).length : 0;
  counted.textContent = `${count} ${count === 1 ? "word" : "words"}`;
}

function hold(box, text) {
  box.value = text;
  box.dispatchEvent(new Event("held")); // the control of a choice shows what its field holds
}

function mark(question, classes) {
  const link = document.querySelector(`.navigator [data-for="${CSS.escape(question)}"]`);
  if (!link) return;
  for (const [name, on] of Object.entries(classes)) link.classList.toggle(name, on);
  const answered = link.classList.contains("q-answered") ? "answered" : "not answered";
  link.querySelector("[data-told]").textContent = `, ${answered}${link.classList.contains("q-flagged") ? ", flagged" : ""}`;
}

const tell = {
  saving: () => say("saving", "Saving"),
  saved(kept) {
    savedAt = performance.now();
    const box = boxes.get(kept.question);
    if (box) box.dataset.revision = kept.revision;
    if (queue.waiting.has(kept.question)) return; // typed on since: not yet what the page shows
    if (box) {
      foot(box, `Saved ${kept.saved_at}`, "saved");
      offerEarlier(box, kept.revision);
      mark(kept.question, { "q-answered": box.value.trim() !== "" });
    }
    say("saved", `Saved ${kept.saved_at}`);
    warn("");
  },
  newer(kept, sent) {
    const box = boxes.get(kept.question);
    const text = sent.choice || !sent.text.trim() ? kept.text : `${kept.text}\n\n-----\n${sent.text}\n-----`;
    warn(
      sent.choice
        ? "One answer was changed on another page. It now shows what was chosen there. Please look at it again."
        : "One answer was changed on another page. It now holds that text, and yours below it between two lines of dashes.",
    );
    if (box) {
      box.dataset.revision = kept.revision;
      hold(box, text);
      if (sent.choice) foot(box, "Changed on another page", "saved");
    }
    mark(kept.question, { "q-answered": text.trim() !== "" });
    return text;
  },
  unsent(since) {
    const count = queue.waiting.size;
    say("unsaved", `Not saved since ${clockTime(since ?? Date.now())}`);
    warn(`No connection. ${count === 1 ? "One answer is" : `${count} answers are`} kept in this browser and will be sent as soon as the server answers. Go on writing.`);
  },
  stopped(words, status) {
    say("unsaved", "Not saving");
    warn(words);
    if ((status === 409 || status === 403) && heartbeat) heartbeat.beat();
  },
  standing(told) {
    countdown.hear(told.seconds_left, told.finish);
    heartbeat?.hear(told.notices);
  },
};

function facts() {
  const { lockdown = "open" } = here.element.dataset;
  return { lockdown, unsent: queue.waiting.size, saved: savedAt === null ? null : Math.round((performance.now() - savedAt) / 1000) };
}

function typed(box) {
  foot(box, "Not saved yet", "saving");
  queue.put(box.dataset.question, Number(box.dataset.revision), box.value, box.type === "hidden");
}

// The controls of questions that are answered by choosing are fetched where there are any.
async function wakeControls() {
  const roots = document.querySelectorAll("[data-control]");
  if (!roots.length) return;
  const { Control } = await import("./controls.js");
  for (const root of roots) new Control(root);
}

// What an earlier page of this browser could not send comes first.
function recover() {
  for (const [question, entry] of journal.entries()) {
    const box = boxes.get(question);
    if (!box) continue;
    const held = Number(box.dataset.revision);
    if (entry.text === box.value) journal.drop(question);
    else if (entry.base >= held || ours(entry, box.value)) {
      hold(box, entry.text);
      journal.put(question, { ...entry, base: held });
      foot(box, "Recovered in this browser, not saved yet", "saving");
    } else queue.settle({ question, status: "newer", revision: held, text: box.value }, entry);
  }
}

function offerEarlier(box, revision) {
  const button = box.closest(".question").querySelector("[data-versions]");
  if (button) button.hidden = revision < 2;
}

// Notes and highlights: with the first touch of the scenario, or when there are any.
const scenario = document.querySelector("[data-scenario]");
let margin = null;

function wakeMargin() {
  margin ??= import("./margin.js").then(({ Margin }) => new Margin(here));
}

function noteLeft() {
  try {
    return localStorage.getItem(`sjt-note/${here.attempt}/${scenario.dataset.scenario}`) !== null;
  } catch {
    return false;
  }
}

function watchMargin() {
  if (!scenario) return;
  for (const touch of ["pointerdown", "focusin"]) scenario.addEventListener(touch, wakeMargin);
  document.addEventListener("selectionchange", () => {
    if (scenario.contains(document.getSelection().anchorNode)) wakeMargin();
  });
  if (noteLeft() || scenario.querySelector("[data-highlights]").dataset.highlights !== "[]") wakeMargin();
}

// What stands in the box is sent first, so that it is a version itself before another takes its place.
async function lookBack(event) {
  const opener = event.target.closest("[data-versions]");
  if (!opener) return;
  const box = boxes.get(opener.dataset.versions);
  if (!(await queue.flush())) {
    warn("No connection, so earlier versions cannot be shown. Try again in a moment.");
    return;
  }
  const { showEarlier } = await import("./versions.js");
  showEarlier(here, box, opener, (text) => {
    hold(box, text);
    typed(box);
  });
}

async function leave(event) {
  const link = event.target.closest("a[data-leave]");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  await (await margin)?.flush(); // a note that cannot be sent is kept in this browser
  if ((await queue.flush()) || queue.stopped) window.location.assign(link.href);
  else warn("No connection, so this page stays open. What you typed is kept in this browser. Try again in a moment.");
}

async function over() {
  await queue.flush();
  try {
    const told = await post(here, "beat", heartbeat.body);
    if (told.seconds_left > 0) countdown.hear(told.seconds_left, told.finish);
    else window.location.assign(here.base);
  } catch {
    warn("Your time may be over. What you type is kept, and counts only if your time was extended.");
    setTimeout(over, 2000);
  }
}

function heard(told) {
  if (told.state !== "running") {
    window.location.assign(here.base);
    return;
  }
  countdown.hear(told.seconds_left, told.finish);
  // A beat sent before this page took the lease tells of an older one; only a newer one is somebody else's.
  if (queue.lease !== null && told.lease > queue.lease && !queue.stopped) {
    queue.stopped = true;
    tell.stopped("This paper is open on another page, which now saves your answers. Reload this page to go on here.", 0);
  }
}

await wakeControls();
await journal.ready;
queue = new Queue(here, journal, tell);
recover();
new EmergencyFile(here, journal, banner).watch(queue);
const countdown = new Countdown(document, {
  over,
  added: (minutes, finish) => heartbeat?.say(`${minutes === 1 ? "1 minute was" : `${minutes} minutes were`} added. You finish at ${finish}.`),
  woke: () => heartbeat?.beat(),
});
queue.hold().catch(() => {}); // the first save tries again
for (const box of boxes.values()) {
  box.readOnly = false;
  box.addEventListener("input", () => typed(box));
  box.addEventListener("blur", () => queue.flush());
}
heartbeat = new Heartbeat(here, heard, { facts });
document.addEventListener("click", leave);
document.addEventListener("click", lookBack);
document.addEventListener("visibilitychange", () => document.hidden && queue.flush({ keepalive: true }));
window.addEventListener("pagehide", () => queue.flush({ keepalive: true }));
window.addEventListener("online", () => queue.flush());
setInterval(() => countdown.seconds <= 10 && queue.waiting.size && queue.flush(), 1000);
document.addEventListener("change", async (event) => {
  const tick = event.target.closest("[data-flag]");
  if (!tick) return;
  mark(tick.dataset.flag, { "q-flagged": tick.checked });
  await post(here, "flag", { question: tick.dataset.flag, flagged: tick.checked }).catch(() => {
    tick.checked = !tick.checked;
    mark(tick.dataset.flag, { "q-flagged": tick.checked });
    warn("The flag could not be kept. Try again in a moment.");
  });
});
watchMargin();
// What sticks below the bar moves with it.
new ResizeObserver(([{ target }]) => document.documentElement.style.setProperty("--bar", `${target.offsetHeight}px`)).observe(document.querySelector(".exam-bar"));
if (queue.waiting.size) queue.flush();
const form = document.querySelector("[data-submit]");
form?.addEventListener("submit", async (event) => {
  if (queue.waiting.size === 0) return;
  event.preventDefault();
  if (await queue.flush()) form.requestSubmit();
  else warn("Your paper is not handed in yet: some answers have not reached the server. They are kept in this browser and are being sent.");
});
document.documentElement.dataset.ready = "yes";
