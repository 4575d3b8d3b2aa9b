// Safe Exam Browser's JavaScript API, for its web views that send no headers: what it says of this page goes into the
// keycode form and into every heartbeat. A page without a heartbeat of its own says it here. Loaded at that level only.
import { post } from "./saving.js";

const EVERY = 30000; // ms, a third of what the server goes by it
const api = window.SafeExamBrowser;
const here = document.querySelector('meta[name="seb"]')?.dataset;
const beats = document.querySelector("[data-sitting]") !== null;

function told() {
  const { configKey, browserExamKey } = api.security;
  if (!configKey) return;
  const said = { page: window.location.href.split("#")[0], config: configKey, browser: browserExamKey || null };
  document.documentElement.dataset.seb = JSON.stringify(said);
  for (const field of document.querySelectorAll("[data-seb]")) field.value = said[field.dataset.seb] ?? "";
  for (const part of document.querySelectorAll("[data-seb-outside]")) part.hidden = true;
  if (here && !beats) say(said);
}

async function say(said) {
  try {
    await post(here, "beat", { seb: said });
    if (here.locked !== undefined) window.location.assign(here.base);
  } catch {
    // The page says what to do; the next time tries again.
  }
  setTimeout(() => say(said), EVERY);
}

// Some versions call back by the function's name.
window.sebKeys = function sebKeys() {
  told();
};
if (api?.security) {
  if (api.security.updateKeys) api.security.updateKeys(window.sebKeys);
  else told();
}
