// A watched page tells what its browser does, as kinds and numbers: never a word that was typed, copied or pasted.
// Nothing is blocked here and nothing is decided: what is told is for a person to look at (docs/lockdown.md).
import { post, Refused, sitting } from "./saving.js";

const SOON = 2000; // ms, so that what belongs together goes together
const RETRY = 15000;
const PART = 50; // signals of one report
const MOST = 400; // signals that wait at most
const MISSING = 60000; // ms on a page that never was in full screen
const SHRANK = 160; // CSS pixels that a page loses to the tools of its browser
const SETTLES = 1500; // ms in which a window still changes its size after full screen came or went
const LEAP = 2000; // ms by which the two clocks of a device part when one is set, or when it slept
const OWN_MOST = 100; // marks of what was copied on this paper

const here = sitting();
const helped = here.element.dataset.helps !== "";
const strip = document.querySelector("[data-strip]");

// ---- what a tab remembers from page to page; a browser that keeps nothing for us forgets, and nothing more ----
function recall(name) {
  try {
    return JSON.parse(sessionStorage.getItem(`sjt-${name}/${here.attempt}`));
  } catch {
    return null;
  }
}

function remember(name, value) {
  try {
    if (value === null) sessionStorage.removeItem(`sjt-${name}/${here.attempt}`);
    else sessionStorage.setItem(`sjt-${name}/${here.attempt}`, JSON.stringify(value));
  } catch {}
}

// ---- the report: numbered by this page, so that what is sent twice counts once ----
const page = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
let number = 0;
let waiting = []; // {page, number, kind, offset, amount, question}: of this page, and what earlier ones could not send
let sending = null;
let timer = null;

function tell(kind, { amount = null, question = null } = {}) {
  if (waiting.length >= MOST) return;
  waiting.push({ page, number: ++number, kind, offset: Math.round(performance.now()), amount, question });
  remember("report", waiting);
  later(SOON);
}

function later(ms) {
  clearTimeout(timer);
  timer = setTimeout(send, ms);
}

function send(options) {
  sending ??= deliver(options).finally(() => {
    sending = null;
    if (waiting.length) later(RETRY);
  });
  return sending;
}

async function deliver(options) {
  while (waiting.length) {
    const of = waiting[0].page;
    const part = waiting.filter((one) => one.page === of).slice(0, PART);
    const signals = part.map(({ page: _, ...signal }) => signal);
    try {
      await post(here, "signals", { attempt: here.attempt, page: of, signals }, options);
    } catch (error) {
      const refused = error instanceof Refused && (error.code?.startsWith("signals.") || error.status === 404);
      if (!refused) return; // no answer, or a browser not recognised for now: it waits, and is sent again
    }
    waiting = waiting.filter((one) => !part.includes(one));
    remember("report", waiting.length ? waiting : null);
  }
}

// ---- the focus, and whether the page is to be seen ----
function watchAway() {
  const since = {};
  const gone = (what, kind) => {
    if (since[what] !== undefined) return;
    since[what] = performance.now();
    tell(kind);
  };
  const back = (what, kind) => {
    if (since[what] === undefined) return;
    tell(kind, { amount: Math.round((performance.now() - since[what]) / 1000) });
    delete since[what];
  };
  window.addEventListener("blur", () => gone("focus", "focus_lost"));
  window.addEventListener("focus", () => back("focus", "focus_regained"));
  document.addEventListener("visibilitychange", () => {
    if (leaving) return;
    if (document.hidden) gone("sight", "hidden");
    else back("sight", "shown");
  });
}

// ---- full screen: asked for by a button, because a browser gives it to a press only ----
const ASKS = "This sitting is watched. Please use full screen.";
const IS_ON = "This sitting is watched. Full screen is on.";
const IS_OFF = "Full screen is off. Your answers are safe.";
const COMES_BACK = "This sitting is watched. Full screen returns with your next press.";
const NOT_GIVEN = "This sitting is watched. This browser gives no full screen; that is no fault of yours.";
const fills = window.matchMedia("(display-mode: fullscreen)");
const offered = Boolean(document.fullscreenEnabled);
let changedAt = -Infinity;
let full = isFull();

function isFull() {
  return document.fullscreenElement !== null || fills.matches;
}

function show(words) {
  const [said, button] = [strip.querySelector("[data-strip-said]"), strip.querySelector("button")];
  if (said.textContent !== words) said.textContent = words;
  button.hidden = full || !offered;
  strip.dataset.state = full ? "on" : "off";
  button.textContent = recall("screen") ? "Back to full screen" : "Go to full screen";
}

// A page that goes takes its full screen along; the candidate has not left it.
function screenChanged() {
  if (leaving || isFull() === full) return;
  full = isFull();
  changedAt = performance.now();
  const { out } = recall("screen") ?? {};
  if (full) tell("full_screen_entered", { amount: out ? Math.min(86400, Math.round((Date.now() - out) / 1000)) : 0 });
  else tell("full_screen_left");
  remember("screen", { in: full, out: full ? null : Date.now() });
  show(full ? IS_ON : IS_OFF);
}

async function goFull() {
  try {
    await document.documentElement.requestFullscreen({ navigationUI: "hide" });
  } catch {
    if (!recall("refused")) tell("full_screen_refused");
    remember("refused", true);
    show(NOT_GIVEN);
  }
}

function watchScreen() {
  const before = recall("screen");
  strip.querySelector("button").addEventListener("click", goFull);
  document.addEventListener("fullscreenchange", screenChanged);
  fills.addEventListener("change", screenChanged);
  if (full) remember("screen", { in: true, out: null });
  show(full ? IS_ON : !offered ? NOT_GIVEN : before ? IS_OFF : ASKS);
  if (full) return;
  if (!offered && !recall("refused")) {
    tell("full_screen_refused");
    remember("refused", true);
  }
  if (before?.in && offered && !helped) comeBack();
  if (!before && offered) setTimeout(missing, MISSING);
}

// Another page of the paper: the first press on it brings full screen back for who has not left it.
function comeBack() {
  show(COMES_BACK);
  const presses = ["pointerup", "keydown"];
  const press = (event) => {
    if (event.key === "Escape" || event.target.closest?.("a, [type=submit]")) return;
    for (const one of presses) document.removeEventListener(one, press, true);
    goFull();
  };
  for (const one of presses) document.addEventListener(one, press, true);
}

function missing() {
  if (full || recall("screen")) return;
  tell("full_screen_missing");
  remember("screen", { in: false, out: Date.now() });
}

// ---- copy and paste: inside the paper all of it is the candidate's own; only a mark of what was copied is kept ----
const plain = (text) => text.replace(/\s+/g, " ").trim();
const own = new Set(recall("own") ?? []);

function markOf(text) {
  let sum = 0;
  for (let n = 0; n < text.length; n++) sum = Math.imul(sum ^ text.charCodeAt(n), 16777619);
  return `${text.length} ${sum}`;
}

function chosen() {
  const box = document.activeElement;
  const inBox = typeof box?.selectionStart === "number" && box.selectionStart !== box.selectionEnd;
  return inBox ? box.value.slice(box.selectionStart, box.selectionEnd) : String(document.getSelection());
}

function mine(text) {
  own.add(markOf(plain(text)));
  remember("own", [...own].slice(-OWN_MOST));
}

function isOwn(text) {
  const sought = plain(text);
  if (own.has(markOf(sought))) return true;
  const boxes = [...document.querySelectorAll("textarea")].map((box) => box.value);
  return [...boxes, document.querySelector("main").textContent].some((there) => plain(there).includes(sought));
}

function copied(kind) {
  const text = chosen();
  if (!text) return;
  mine(text);
  tell(kind, { amount: text.length, question: questionOf(document.activeElement) });
}

function cameIn(event, data) {
  const box = event.target.closest?.("textarea, input");
  const text = data?.getData("text/plain") ?? "";
  if (!box || !text.trim()) return;
  tell(isOwn(text) ? "pasted_own" : "pasted_outside", { amount: text.length, question: questionOf(box) });
}

function questionOf(box) {
  return box?.dataset?.question ?? null;
}

function watchClipboard() {
  document.addEventListener("copy", () => copied("copied"));
  document.addEventListener("cut", () => copied("cut"));
  document.addEventListener("dragstart", () => mine(chosen()));
  document.addEventListener("paste", (event) => cameIn(event, event.clipboardData));
  document.addEventListener("drop", (event) => cameIn(event, event.dataTransfer));
  document.addEventListener("beforeinput", (event) => {
    if (event.inputType !== "insertReplacementText") return;
    const text = event.data ?? event.dataTransfer?.getData("text/plain") ?? "";
    tell("replaced", { amount: text.length, question: questionOf(event.target) });
  });
}

// ---- printing, menus, screens, the size of the page, the clock ----
function watchWindow() {
  window.addEventListener("beforeprint", () => tell("printed"));
  document.addEventListener("contextmenu", () => tell("menu"));
  screens();
  window.screen.addEventListener?.("change", screens);
  let size = sizes();
  window.addEventListener("resize", () => {
    const before = size;
    size = sizes();
    const outside = ["outerWidth", "outerHeight", "devicePixelRatio"].some((name) => size[name] !== before[name]);
    const settles = performance.now() - changedAt < SETTLES || window.matchMedia("(pointer: coarse)").matches;
    const shrank = Math.max(before.innerWidth - size.innerWidth, before.innerHeight - size.innerHeight);
    if (!outside && !settles && shrank >= SHRANK) tell("resized", { amount: shrank });
  });
  let apart = Date.now() - performance.now();
  setInterval(() => {
    const now = Date.now() - performance.now();
    if (Math.abs(now - apart) > LEAP) tell("clock_jumped", { amount: Math.min(86400, Math.round(Math.abs(now - apart) / 1000)) });
    apart = now;
  }, 5000);
}

function sizes() {
  const { outerWidth, outerHeight, innerWidth, innerHeight, devicePixelRatio } = window;
  return { outerWidth, outerHeight, innerWidth, innerHeight, devicePixelRatio };
}

function screens() {
  const second = Boolean(window.screen.isExtended);
  if (second && !recall("screens")) tell("second_screen");
  remember("screens", second || null);
}

// ---- leaving: by a link or a button of the paper, or by the paper's own script, is no leaving ----
let leaving = false;
let byOwnWay = false;

function isOurs(address) {
  return new URL(address, window.location.href).href.startsWith(new URL(here.base, window.location.href).href);
}

function watchLeaving() {
  const [arrival] = performance.getEntriesByType("navigation");
  if (arrival?.type === "reload") tell("reloaded");
  window.navigation?.addEventListener("navigate", (event) => {
    byOwnWay = event.navigationType !== "reload" && isOurs(event.destination.url);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (link) byOwnWay = isOurs(link.href);
  });
  document.addEventListener("submit", () => (byOwnWay = true));
  window.addEventListener("beforeunload", () => {
    leaving = true;
    setTimeout(() => (leaving = false), 3000); // a page that is still there was not left
  });
  window.addEventListener("pagehide", () => {
    leaving = true;
    if (!byOwnWay) tell("page_left");
    send({ keepalive: true });
  });
}

waiting = recall("report") ?? [];
watchLeaving();
watchAway();
if (here.element.dataset.lockdown === "watched") watchScreen(); // Safe Exam Browser fills the screen by itself
watchClipboard();
watchWindow();
if (waiting.length) later(0);
document.documentElement.dataset.watched = "yes";
