// Keeps the board live: asks the server every two seconds and changes the cards in place. All words and
// times come from the server. A board that has heard nothing for five seconds covers its state.

const EVERY_MS = 2000;
const STALE_MS = 5000;
const TIMEOUT_MS = 4000;
const HOLD_MS = 3000;

const board = document.getElementById("board");
const seats = board.querySelector("[data-seats]");
const head = (name) => board.querySelector(`[data-head="${name}"]`);
const shownAt = head("now").textContent;

let lastHeard = clocks();
let lastTold = shownAt;
let lastMoved = 0;

// Two clocks, because one of them may stand still while the machine sleeps.
function clocks() {
  return [performance.now(), Date.now()];
}

function silentFor() {
  const now = clocks();
  return Math.max(now[0] - lastHeard[0], now[1] - lastHeard[1]);
}

function write(node, text) {
  if (node && node.textContent !== text) node.textContent = text;
}

function show(node, shown) {
  if (node && node.hidden === shown) node.hidden = !shown;
}

// ---- one seat ----
function writeSeat(node, seat) {
  for (const part of node.querySelectorAll("[data-part]")) write(part, String(seat[part.dataset.part] ?? ""));
  for (const field of node.querySelectorAll("[data-value]")) {
    const value = String(seat[field.dataset.value]);
    if (field.getAttribute("value") !== value) field.setAttribute("value", value);
  }
  node.querySelector('[data-part="state"]').className = `badge badge-${seat.tone}`;
  if (node.dataset.tone && node.dataset.tone !== seat.tone) {
    node.classList.replace(`seat-card-${node.dataset.tone}`, `seat-card-${seat.tone}`);
    node.dataset.tone = seat.tone;
  }
  offer(node, seat.acts);
}

// What is offered: the first act as a button, the rest under "More". Focus never falls off the page.
function offer(node, acts) {
  const focused = node.contains(document.activeElement) ? document.activeElement : null;
  for (const act of node.querySelectorAll("[data-main]")) show(act, act.dataset.main === acts[0]);
  for (const act of node.querySelectorAll("[data-more]")) show(act, acts.slice(1).includes(act.dataset.more));
  show(node.querySelector("[data-menu]"), acts.length > 1);
  if (focused && focused.closest("[hidden]")) (node.querySelector(".seat-name") ?? board.querySelector("h1")).focus();
}

// ---- their order ----
// A seat with the focus in it is never taken out of the page: the others are moved around it. Nothing moves
// while somebody is about to press, or has a menu or a dialog open.
function mayMove() {
  if (board.querySelector("details.menu[open], dialog[open]")) return false;
  return performance.now() - lastMoved > HOLD_MS;
}

function arrange(order) {
  const wanted = order.map((ref) => seats.querySelector(`[data-seat="${ref}"]`)).filter(Boolean);
  const standing = [...seats.children];
  if (wanted.every((node, place) => node === standing[place]) || !mayMove()) return;
  const kept = wanted.find((node) => node.contains(document.activeElement));
  const place = kept ? wanted.indexOf(kept) : wanted.length;
  for (const node of wanted.slice(0, place)) seats.insertBefore(node, kept ?? null);
  for (const node of wanted.slice(place + 1)) seats.append(node);
}

// ---- the head ----
function writeHead(state) {
  write(head("now"), state.now);
  write(head("live"), board.dataset.live);
  const tally = board.querySelector("#tally");
  const badges = state.tally.map(({ kind, text }) => {
    const item = document.createElement("li");
    const badge = document.createElement("span");
    badge.className = `badge badge-${kind}`;
    badge.textContent = text;
    item.append(badge);
    return item;
  });
  if (tally.textContent.replace(/\s+/g, "") !== state.tally.map(({ text }) => text).join("").replace(/\s+/g, "")) {
    tally.replaceChildren(...badges);
  }
  write(head("gate-button"), state.gate.button ?? "");
  show(head("gate"), Boolean(state.gate.button));
  show(head("back"), state.evacuated > 0);
  write(head("gate-words"), state.gate.words ?? "");
  show(head("gate-words"), Boolean(state.gate.words));
  write(head("outages"), state.outages);
  show(head("outages"), Boolean(state.outages));
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
  board.classList.remove("board-stale");
  write(head("told"), head("told").dataset.words);
}

// ---- asking ----
async function ask() {
  const asked = clocks();
  try {
    const options = { headers: { Accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) };
    const reply = await fetch(board.dataset.state, options);
    const state = await reply.json();
    if (reply.ok) heard(state, asked);
    else cover(state.words);
  } catch {
    // No answer: once five seconds are over, the board covers itself.
  }
}

function heard(state, asked) {
  lastHeard = asked;
  lastTold = state.now;
  writeHead(state);
  for (const node of seats ? [...seats.children] : []) {
    const seat = state.seats[node.dataset.seat];
    if (seat) writeSeat(node, seat);
  }
  if (seats) arrange(state.order);
  uncover();
  if (isAnotherRoom(state) && mayMove()) location.reload();
}

// Somebody was booked, taken off or moved to another place meanwhile.
function isAnotherRoom(state) {
  const there = seats ? [...seats.children] : [];
  if (there.length !== state.order.length) return true;
  return there.some((node) => String(state.seats[node.dataset.seat]?.number) !== node.dataset.number);
}

async function loop() {
  await ask();
  setTimeout(loop, EVERY_MS);
}

setInterval(() => {
  if (silentFor() > STALE_MS) cover();
}, 500);
for (const moved of ["pointermove", "pointerdown", "keydown"]) {
  seats?.addEventListener(moved, () => {
    lastMoved = performance.now();
  });
}
document.addEventListener("visibilitychange", () => {
  if (silentFor() > STALE_MS) cover();
});

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

loop();
