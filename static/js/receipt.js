// The receipt: what was handed in needs no journal any more. What came too late for a paper that was closed stays here,
// and can be saved as a file: it counts if the paper is reopened.
import { EmergencyFile, Journal, sitting } from "./saving.js";

const here = sitting();
const journal = new Journal(here.attempt);
await journal.ready;
if (here.element.dataset.state === "submitted") await journal.erase();
else if (journal.entries().size) new EmergencyFile(here, journal, document.querySelector("[data-closed]")).show(true);
document.documentElement.dataset.ready = "yes";
