// The waiting room, the pause and the closing page ask often, and the receipt now and then: all go on when the
// attempt stands elsewhere.
import { Heartbeat } from "./clock.js";
import { sitting } from "./saving.js";

const here = sitting();
const { state, admitted, closing, calm } = here.element.dataset;
new Heartbeat(
  here,
  (told) => {
    const over = told.state === "running" && told.seconds_left === 0;
    const changed = told.state !== state || String(told.admitted) !== admitted;
    if (closing ? !over : changed) window.location.reload();
  },
  { every: calm === undefined ? 2000 : undefined },
);
