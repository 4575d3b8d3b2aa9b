// The editor of a draft: shows what the apprentice will see while the writer types, counts the words, and
// saves a few seconds after the last change, and tells who else has the draft open. The buttons do without it.

import { pasted } from "./paste.js";

const PREVIEW_AFTER = 500; // ms after the last key
const SAVE_AFTER = 4000;
const HEARD_EVERY = 8000;

const form = document.getElementById("draft");
const state = document.getElementById("draft-state");
const shown = document.getElementById("preview");
const writers = document.getElementById("writers");
const NOT_OF_THE_DRAFT = new Set(["add", "add_format", "asked"]);
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

// Who else writes here, and whether their text is newer. Never while a save is under way: it moves the number.
let typed = false; // since this page was last heard
async function heard() {
  if (document.hidden || saving) return;
  const news = typed ? "?changed=1" : "";
  typed = false;
  try {
    const response = await fetch(form.dataset.writing + news, { headers: { Accept: "application/json" } });
    const said = await response.json();
    if (!response.ok) return;
    if (writers.textContent !== said.words) writers.textContent = said.words;
    if (!saving && !stopped && said.edit > Number(form.elements.edit.value)) state.textContent = said.newer;
  } catch {
    // No connection: the line about saving says so as soon as there is something to save.
  }
}

form.querySelector(".preview-button").hidden = true;
const previewSoon = debounced(preview, PREVIEW_AFTER);
const saveSoon = debounced(save, SAVE_AFTER);

form.addEventListener("input", (event) => {
  if (NOT_OF_THE_DRAFT.has(event.target.name)) return;
  changed += 1;
  typed = true;
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
document.querySelector("[data-discard]").addEventListener("submit", (event) => {
  event.target.elements.edit.value = form.elements.edit.value; // what this page last saved or read
  changed = 0;
});
document.addEventListener("paste", pasted);
setInterval(heard, HEARD_EVERY);
