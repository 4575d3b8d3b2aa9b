// Keeps the board live: a stream from the server, asking every two seconds behind it, and cards that change in place.
// All words and times come from the server. A board that has heard nothing for five seconds covers its state, and a
// card whose browser was last heard 20 seconds ago is not green, whatever arrives.

import { picking } from "./picking.js";
import { bell } from "./bell.js";

const EVERY_MS = 2000;
const STALE_MS = 5000;
const DEAD_MS = 3000; // a stream that says nothing for so long is taken for dead
const TIMEOUT_MS = 4000;
const HOLD_MS = 3000;
const SOON_MS = 2000;
const LATER_MS = 30000;
const MINUTES_FROM = 120; // seconds

const board = document.getElementById("board");
const seats = board.querySelector("[data-seats]");
const head = (name) => board.querySelector(`[data-head="${name}"]`);
const nodes = new Map([...(seats?.children ?? [])].map((node) => [node.dataset.seat, node]));
const parts = new Map();
const ring = bell(board.querySelector("[data-sound]"));

let state = null;
let lastHeard = clocks();
let lastTold = head("now").textContent;
let serverAt = Number(board.dataset.at);
let lastMoved = -HOLD_MS;

// Two clocks, because one of them may stand still while the machine sleeps.
function clocks() {
  return [performance.now(), Date.now()];
}

function silentFor() {
  const now = clocks();
  return Math.max(now[0] - lastHeard[0], now[1] - lastHeard[1]);
}

// The server's time, counted on from what it said last (seconds).
function serverNow() {
  return serverAt + silentFor() / 1000;
}

function write(node, text) {
  if (node && node.textContent !== text) node.textContent = text;
}

function show(node, shown) {
  if (node && node.hidden === shown) node.hidden = !shown;
}

const words = (name, values) => Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), board.dataset[name]);

// ---- one seat ----
function partsOf(node) {
  if (!parts.has(node)) {
    parts.set(node, {
      texts: [...node.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]),
      values: [...node.querySelectorAll("[data-value]")].map((part) => [part.dataset.value, part]),
      badge: node.querySelector('[data-part="state"]'),
      heard: node.querySelector('[data-part="heard"]'),
      marks: [...node.querySelectorAll("[data-marks]")],
      main: [...node.querySelectorAll("[data-main]")],
      more: [...node.querySelectorAll("[data-more]")],
      menu: node.querySelector("[data-menu]"),
    });
  }
  return parts.get(node);
}

function writeSeat(node, seat) {
  const of = partsOf(node);
  for (const [name, part] of of.texts) if (name !== "heard") write(part, String(seat[name] ?? ""));
  for (const [name, part] of of.values) {
    const value = String(seat[name]);
    if (part.getAttribute("value") !== value) part.setAttribute("value", value);
  }
  writeTone(node, seat.tone);
  for (const place of of.marks) writeMarks(place, seat.marks.filter((mark) => stands(mark, place.dataset.marks)));
  offer(node, of, seat.acts);
}

function writeTone(node, tone) {
  if (node.dataset.tone === tone) return;
  partsOf(node).badge.className = `badge badge-${tone}`;
  node.classList.replace(`seat-card-${node.dataset.tone}`, `seat-card-${tone}`);
  node.dataset.tone = tone;
}

function stands([, , , , aside], where) {
  return where === "all" || aside === (where === "aside");
}

function writeMarks(place, told) {
  const key = JSON.stringify(told);
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  place.replaceChildren(...told.map(([icon, text, said, look]) => {
    const mark = document.createElement("span");
    mark.className = look ? "mark mark-look" : "mark";
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", said);
    mark.title = said;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `#mark-${icon}`);
    svg.append(use);
    const letters = document.createElement("span");
    letters.textContent = text;
    mark.append(svg, letters);
    return mark;
  }));
}

// What is offered: the first act as a button, the rest under "More". Focus never falls off the page.
function offer(node, of, acts) {
  const key = acts.join(" ");
  if (node.dataset.acts === key) return;
  node.dataset.acts = key;
  const focused = node.contains(document.activeElement) ? document.activeElement : null;
  for (const act of of.main) show(act, act.dataset.main === acts[0]);
  for (const act of of.more) show(act, acts.indexOf(act.dataset.more) > 0);
  show(of.menu, acts.length > 1);
  if (focused && focused.closest("[hidden]")) (node.querySelector(".seat-name") ?? board.querySelector("h1")).focus();
}

// ---- time goes on between two messages ----
function length(seconds) {
  if (seconds < MINUTES_FROM) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return [hours ? `${hours} h` : "", minutes % 60 || !hours ? `${minutes % 60} min` : ""].filter(Boolean).join(" ");
}

function age(node, seat, now) {
  const of = partsOf(node);
  if (seat.heard_at === null) write(of.heard, seat.heard);
  else {
    const seconds = Math.max(0, Math.floor(now - seat.heard_at));
    write(of.heard, seconds ? words("heardAgo", { length: length(seconds) }) : board.dataset.heardNow);
  }
  if (!seat.stands_for) return;
  const [until, silent] = seat.stands_for;
  if (now < until) return;
  writeTone(node, now < silent ? "neutral" : "warn");
  write(of.badge, now < silent ? words("stateQuiet", { seconds: Math.floor(now - seat.heard_at) }) : board.dataset.stateSilent);
}

function ageAll() {
  if (!state || board.classList.contains("board-stale")) return;
  const now = serverNow();
  for (const [ref, node] of nodes) if (state.seats[ref]) age(node, state.seats[ref], now);
}

// ---- their order ----
// A seat with the focus in it is never taken out of the page: the others are moved around it. Nothing moves
// while somebody is about to press, is choosing, or has a menu or a dialog open.
function mayMove() {
  if (board.querySelector("details.menu[open], dialog[open]")) return false;
  return performance.now() - lastMoved > HOLD_MS;
}

function arrange(order) {
  const wanted = order.map((ref) => nodes.get(ref)).filter(Boolean);
  const standing = seats.children;
  if (wanted.every((node, place) => node === standing[place]) || !mayMove()) return;
  const kept = wanted.find((node) => node.contains(document.activeElement));
  let spot = seats.firstElementChild;
  for (const node of wanted) {
    if (node !== spot && node === spot?.nextElementSibling && spot !== kept) seats.append(spot);
    else if (node === kept) {
      for (let next = spot; next !== kept; next = spot) {
        spot = next.nextElementSibling;
        seats.append(next);
      }
    } else if (node !== spot) {
      seats.insertBefore(node, spot);
      continue;
    }
    spot = node.nextElementSibling;
  }
}

// ---- the head ----
function writeHead(told) {
  if (told.tally) {
    board.querySelector("#tally").replaceChildren(...told.tally.map(({ kind, text }) => {
      const item = document.createElement("li");
      const badge = document.createElement("span");
      badge.className = `badge badge-${kind}`;
      badge.textContent = text;
      item.append(badge);
      return item;
    }));
  }
  for (const name of ["finish", "outages"]) {
    if (told[name] === undefined) continue;
    write(head(name), told[name]);
    show(head(name), Boolean(told[name]));
  }
  if (told.gate) {
    write(head("gate-button"), told.gate.button ?? "");
    show(head("gate"), Boolean(told.gate.button));
    write(head("gate-words"), told.gate.words ?? "");
    show(head("gate-words"), Boolean(told.gate.words));
  }
  if (told.evacuated !== undefined) show(head("back"), told.evacuated > 0);
}

function cover(told) {
  if (told) write(head("told"), told);
  if (board.classList.contains("board-stale")) return;
  write(head("since"), lastTold);
  for (const unknown of board.querySelectorAll("[data-unknown]")) {
    write(unknown, board.dataset.unknown.replace("{time}", lastTold));
  }
  board.classList.add("board-stale");
}

function uncover() {
  if (!board.classList.contains("board-stale")) return;
  board.classList.remove("board-stale");
  write(head("told"), head("told").dataset.words);
}

// ---- what arrives ----
function heardClock(clock, asked) {
  lastHeard = asked;
  lastTold = clock.now;
  serverAt = clock.at;
  write(head("now"), clock.now);
  write(head("live"), board.dataset.live);
  uncover();
  ageAll();
  if (state && seats) arrange(state.order);
  if (state && isAnotherRoom() && mayMove()) drawAnew();
}

// Once: to ask again would begin anew what is under way.
let isLeaving = false;
function drawAnew() {
  if (!isLeaving) location.reload();
  isLeaving = true;
}

function heard(told, asked) {
  const before = state;
  state = { ...before, tag: null, ...told, seats: { ...before?.seats, ...told.seats } };
  writeHead(told);
  for (const [ref, seat] of Object.entries(told.seats ?? {})) if (nodes.has(ref)) writeSeat(nodes.get(ref), seat);
  if (before) tellNews(before, told.seats ?? {});
  heardClock(told, asked);
}

// Somebody needs a person now who did not before: said once, and rung where sound is on.
function tellNews(before, changed) {
  const news = Object.entries(changed).filter(([ref, seat]) => seat.pressing && !before.seats[ref]?.pressing);
  if (!news.length) return;
  write(head("news"), news.map(([ref, seat]) => `${seat.number} ${nodes.get(ref)?.dataset.name ?? ""}: ${seat.state}`).join(". "));
  ring();
}

// Somebody was booked, taken off or moved to another place meanwhile.
function isAnotherRoom() {
  if (nodes.size !== state.order.length) return true;
  return state.order.some((ref) => String(state.seats[ref].number) !== nodes.get(ref)?.dataset.number);
}

// ---- the stream, and asking behind it ----
let stream = null;
let isStreaming = false;
let isOver = false;

function listen() {
  if (isOver || stream) return;
  stream = new EventSource(board.dataset.stream);
  stream.addEventListener("board", (event) => arrived(() => heard(JSON.parse(event.data), clocks())));
  stream.addEventListener("clock", (event) => arrived(() => heardClock(JSON.parse(event.data), clocks())));
  stream.addEventListener("over", () => leave(LATER_MS));
  stream.addEventListener("error", () => leave(isStreaming ? SOON_MS : LATER_MS));
}

function arrived(take) {
  isStreaming = true;
  take();
}

function leave(again) {
  stream?.close();
  stream = null;
  if (isStreaming) ask();
  isStreaming = false;
  setTimeout(listen, again);
}

async function ask() {
  const asked = clocks();
  try {
    const told = { Accept: "application/json", ...(state?.tag ? { "If-None-Match": `"${state.tag}"` } : {}) };
    const reply = await fetch(board.dataset.state, { headers: told, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (isStreaming) return;
    if (reply.status === 304) heardClock(JSON.parse(reply.headers.get("Sjt-Clock")), asked);
    else if (reply.ok) heard(await reply.json(), asked);
    else cover((await reply.json()).words);
  } catch {
    // No answer: once five seconds are over, the board covers itself.
  }
}

async function loop() {
  if (!isStreaming) await ask();
  setTimeout(loop, EVERY_MS);
}

function look() {
  if (isStreaming && silentFor() > DEAD_MS) leave(SOON_MS);
  if (silentFor() > STALE_MS) cover();
}

setInterval(() => {
  look();
  ageAll();
}, 500);
for (const moved of ["pointermove", "pointerdown", "keydown"]) {
  seats?.addEventListener(moved, () => {
    lastMoved = performance.now();
  });
}
document.addEventListener("visibilitychange", look);
addEventListener("pagehide", () => stream?.close());

// ---- dialogs: the link leads to a page of its own; here the same form opens over the board ----
board.addEventListener("click", (event) => {
  const link = event.target.closest("[data-dialog]");
  const dialog = link && document.getElementById(link.dataset.dialog);
  if (!dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const seat = link.closest("[data-seat]");
  write(dialog.querySelector("[data-dialog-who]"), `${seat.dataset.number} ${seat.dataset.name}`);
  dialog.querySelector("form").action = link.href;
  const menu = link.closest("details");
  if (menu) menu.open = false;
  dialog.addEventListener("close", () => (menu ? menu.querySelector("summary") : link).focus(), { once: true });
  dialog.showModal();
});

// A menu opens to where there is room for it.
board.addEventListener("toggle", (event) => {
  const panel = event.target.open && event.target.matches(".seat-acts .menu") && event.target.querySelector(".menu-panel");
  if (!panel) return;
  const button = event.target.getBoundingClientRect();
  const height = panel.offsetHeight;
  event.target.classList.toggle("menu-down", button.bottom + height < innerHeight || button.top < height);
}, true);

picking(board, seats);
loop();
listen();
