// The device check: a save and a practice answer go through the journal and the queue of the paper itself; what the
// browser tells of itself is judged by the server.
import { Journal, post, Queue, sitting } from "./saving.js";

const here = sitting();
const journal = new Journal(`check/${here.attempt}`); // apart from the answers of the paper
const [tried, box, saved, banner] = ["[data-tried]", "#practice", "[data-practice-saved]", "[data-banner]"].map((one) => document.querySelector(one));
const revisions = { [tried.dataset.tried]: Number(tried.dataset.revision), [box.dataset.question]: Number(box.dataset.revision) };
const before = saved.textContent; // of an earlier check
let took = null; // ms of the save that the page tried by itself

function say(state, words) {
  saved.dataset.state = state;
  saved.textContent = words;
}

function warn(words) {
  banner.hidden = !words;
  banner.textContent = words;
}

const queue = new Queue(here, journal, {
  saving: () => say("saving", "Saving"),
  saved(kept) {
    revisions[kept.question] = kept.revision;
    if (kept.question === box.dataset.question) say("saved", `Saved ${kept.saved_at}`);
    warn("");
  },
  newer(kept) {
    revisions[kept.question] = kept.revision;
    if (kept.question === box.dataset.question) box.value = kept.text;
    return kept.text;
  },
  unsent() {
    say("unsaved", "Not saved yet");
    warn("No connection. What you typed is kept in this browser and sent as soon as the server answers.");
  },
  stopped: (words) => warn(words),
  standing() {},
});

async function trySaving() {
  const begun = performance.now();
  queue.put(tried.dataset.tried, revisions[tried.dataset.tried], `tried ${Math.round(begun)}`);
  if (!(await queue.flush())) {
    tried.textContent = "The page could not save. Check the network; then reload this page.";
    return;
  }
  took = Math.round(performance.now() - begun);
  tried.textContent = `The page has saved: that took ${took < 1000 ? "less than a second" : `${Math.ceil(took / 1000)} seconds`}. Now the practice question.`;
  say("none", before);
}

function facts() {
  return {
    save_ms: took,
    storage: journal.database !== null,
    width: window.innerWidth,
    height: window.innerHeight,
    clock: Date.now(),
    full_screen: Boolean(document.fullscreenEnabled),
    second_screen: window.screen.isExtended ?? null,
  };
}

async function finish() {
  try {
    if (!(await queue.flush())) return;
    await post(here, "result", facts());
    window.location.reload();
  } catch (error) {
    warn(error.status ? error.message : "No connection, so the check cannot be finished. Try again in a moment.");
  }
}

await journal.ready;
await journal.erase(); // what an earlier check could not send
document.querySelector("[data-finish]").addEventListener("click", finish);
await trySaving();
box.readOnly = false;
box.addEventListener("input", () => {
  say("saving", "Not saved yet");
  queue.put(box.dataset.question, revisions[box.dataset.question], box.value);
});
box.addEventListener("blur", () => queue.flush());
document.documentElement.dataset.ready = "yes";
