// The waiting room, the pause and the closing page ask often, and the receipt now and then: all go on when the
// attempt stands elsewhere.
import { Heartbeat } from "./clock.js";
import { sitting } from "./saving.js";

const STAYS = 2000; // ms
const here = sitting();
const { state, admitted, closing, calm } = here.element.dataset;
if (calm !== undefined) forgetNotes(here.attempt);
new Heartbeat(
  here,
  (told) => {
    const over = told.state === "running" && told.seconds_left === 0;
    const changed = told.state !== state || String(told.admitted) !== admitted;
    if (closing ? !over : changed) goOn();
  },
  { every: calm === undefined ? 2000 : undefined },
);

// A heartbeat may know less than the page for a moment: a page that has just come stays long enough to be used.
function goOn() {
  setTimeout(() => window.location.reload(), Math.max(0, STAYS - performance.now()));
}

// What this browser kept of a candidate's own notes is theirs, and their time at this device is over.
function forgetNotes(attempt) {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(`sjt-note/${attempt}/`)) localStorage.removeItem(key);
  } catch {
    // A browser that keeps nothing for us has nothing to forget.
  }
}
