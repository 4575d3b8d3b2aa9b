// The editor of a draft: shows what the apprentice will see while the writer types, counts the words, and
// saves a few seconds after the last change. The buttons do all of this without the script.

const PREVIEW_AFTER = 500; // ms after the last key
const SAVE_AFTER = 4000;

const form = document.getElementById("draft");
const state = document.getElementById("draft-state");
const shown = document.getElementById("preview");
let changed = 0; // counts changes, so that one made while a save is under way is saved after it
let stopped = false; // another person's text is newer: only the button goes on, and shows both

const send = (address, accept) =>
  fetch(address, { method: "POST", body: new FormData(form), headers: { Accept: accept }, credentials: "same-origin" });

function debounced(act, wait) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, wait);
  };
}

function countWords() {
  for (const counter of form.querySelectorAll("[data-words-of]")) {
    const text = form.elements[counter.dataset.wordsOf].value;
    counter.textContent = text.split(/\s+/).filter(Boolean).length;
  }
}

let asked = 0;
async function preview() {
  const mine = ++asked;
  try {
    const response = await send(form.dataset.preview, "text/html");
    const html = await response.text();
    const ours = response.ok || response.status === 400;
    if (ours && !response.redirected && mine === asked) shown.innerHTML = html; // made safe by the server
  } catch {
    // No connection: the last preview stays, and the line beside the buttons says that nothing is saved.
  }
}

async function saveNow() {
  const upTo = changed;
  try {
    const response = await send(form.dataset.autosave, "application/json");
    const said = await response.json();
    state.textContent = said.words;
    stopped = response.status === 409;
    if (response.ok) {
      form.elements.edit.value = said.edit;
      changed -= upTo;
    }
  } catch {
    state.textContent = "Not saved: no connection. Keep this page open; it goes on trying.";
    saveSoon();
  }
}

let saving = null; // one save at a time: each needs the number of the edit before it
async function save() {
  if (stopped || !changed) return;
  if (saving) {
    saveSoon();
    return;
  }
  saving = saveNow();
  await saving;
  saving = null;
}

form.querySelector(".preview-button").hidden = true;
const previewSoon = debounced(preview, PREVIEW_AFTER);
const saveSoon = debounced(save, SAVE_AFTER);

form.addEventListener("input", (event) => {
  if (event.target.name === "add") return;
  changed += 1;
  countWords();
  previewSoon();
  saveSoon();
});
form.addEventListener("submit", async (event) => {
  if (saving) {
    event.preventDefault();
    await saving;
    form.requestSubmit(event.submitter);
    return;
  }
  changed = 0; // on its way to the server: nothing more to save here, or to ask about when the page is left
});
window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) save();
});
