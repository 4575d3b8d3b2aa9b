// Choosing seats for one act: by pointer, or by arrows, Space and Enter. Without this script the boxes and the form at
// the foot of the page do the same.

export function picking(board, seats) {
  const form = board.querySelector("[data-chosen]");
  if (!form || !seats) return;
  const boxes = () => [...seats.querySelectorAll("[data-pick]")];
  const chosen = () => boxes().filter((box) => box.checked);
  const count = form.querySelector("[data-chosen-count]");

  function tell() {
    const many = chosen().length;
    form.hidden = !many;
    count.textContent = many === 1 ? count.dataset.one : count.dataset.many.replace("{count}", many);
    for (const box of boxes()) box.closest("[data-seat]").classList.toggle("seat-chosen", box.checked);
  }

  function letGo() {
    const back = form.contains(document.activeElement) ? chosen()[0] : null;
    for (const box of boxes()) box.checked = false;
    tell();
    back?.focus();
  }

  // The box above or below is the nearest one in the row before or after.
  function beside(box, key) {
    const all = boxes();
    const place = all.indexOf(box);
    if (key === "ArrowLeft") return all[place - 1];
    if (key === "ArrowRight") return all[place + 1];
    const at = box.getBoundingClientRect();
    const onward = key === "ArrowDown" ? all.slice(place + 1) : all.slice(0, place).reverse();
    return onward.find((other) => {
      const there = other.getBoundingClientRect();
      return Math.abs(there.top - at.top) > at.height / 2 && Math.abs(there.left - at.left) < at.width;
    });
  }

  seats.addEventListener("change", tell);
  seats.addEventListener("keydown", (event) => {
    const box = event.target.closest("[data-pick]");
    if (!box) return;
    if (event.key.startsWith("Arrow")) {
      const next = beside(box, event.key);
      event.preventDefault();
      if (!next) return;
      next.focus();
      if (event.shiftKey) {
        box.checked = next.checked = true;
        tell();
      }
    } else if (event.key === "Enter" && chosen().length) {
      event.preventDefault();
      form.querySelector("button").focus();
    } else if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      for (const each of boxes()) each.checked = true;
      tell();
    }
  });
  // Seen before whoever closes a menu, so that one press does one thing.
  const lets = (event) => event.key === "Escape" && !board.querySelector("dialog[open], details.menu[open]");
  document.addEventListener("keydown", (event) => lets(event) && chosen().length && letGo(), true);
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    letGo();
  });
  tell();
}
