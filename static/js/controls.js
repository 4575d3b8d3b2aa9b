// Answers by choosing. A control's form fields stand for one text, the stored answer: JSON in its one form,
// naming options by id. The text lives in the question's hidden field, which is journalled, queued and sent
// like any other answer.
//
// A radio button or box says by data-into where its value stands: "best" (a value), "picked[]" (one of a list),
// "ratings.a" (under a name; data-number makes a number of it). A list with data-order="places" gives each
// of its options its place. What a control says of itself stands in its [data-note].

export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join()}}`;
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {}; // no answer yet
  }
}

export class Control {
  constructor(root) {
    this.root = root;
    this.box = root.querySelector("[data-question]");
    this.note = root.querySelector("[data-note]");
    this.list = root.querySelector("[data-order]");
    this.empty = this.note?.textContent;
    this.box.addEventListener("held", () => this.show());
    root.addEventListener("change", () => this.changed());
    root.addEventListener("click", (event) => this.pressed(event.target.closest("button")));
    root.addEventListener("focusout", (event) => {
      if (!root.contains(event.relatedTarget)) this.box.dispatchEvent(new Event("blur"));
    });
    if (this.list) this.listen();
    this.show();
    root.disabled = false;
  }

  get inputs() {
    return [...this.root.querySelectorAll("[data-into]")];
  }

  // What the field holds, on the page.
  show() {
    const held = parsed(this.box.value);
    for (const input of this.inputs) {
      const [name, under] = input.dataset.into.replace("[]", "").split(".");
      const value = under ? held[name]?.[under] : held[name];
      input.checked = Array.isArray(value) ? value.includes(input.value) : String(value ?? "") === input.value;
    }
    if (this.list) this.arrange(held[this.list.dataset.order]);
    this.tell();
  }

  // What stands on the page, as an answer.
  read() {
    const given = {};
    for (const input of this.inputs.filter((one) => one.checked)) {
      const [name, under] = input.dataset.into.split(".");
      const value = "number" in input.dataset ? Number(input.value) : input.value;
      if (under) (given[name] ??= {})[under] = value;
      else if (name.endsWith("[]")) (given[name.slice(0, -2)] ??= []).push(value);
      else given[name] = value;
    }
    for (const list of Object.values(given)) if (Array.isArray(list)) list.sort();
    if (this.list?.dataset.ranked === "yes") {
      given[this.list.dataset.order] = Object.fromEntries(this.items.map((item, n) => [item.dataset.option, n + 1]));
    }
    return Object.keys(given).length ? canonical(given) : "";
  }

  changed() {
    if (this.tell()) return; // what cannot be an answer stays on the page until it is mended; the last one is kept
    const text = this.read();
    if (text === this.box.value) return;
    this.box.value = text;
    this.box.dispatchEvent(new Event("input"));
  }

  // Says how things stand; true when this cannot be an answer.
  tell() {
    const { distinct, exactly } = this.root.dataset;
    const chosen = this.inputs.filter((input) => input.checked);
    const clash = distinct && new Set(chosen.map((input) => input.value)).size < chosen.length;
    if (clash) this.say(distinct, true);
    else if (exactly && chosen.length) this.say(counted(chosen.length, Number(exactly)), chosen.length > exactly);
    else if (!this.list) this.say(this.empty);
    return clash;
  }

  say(words, wrong = false) {
    if (!this.note) return;
    if (this.note.textContent !== words) this.note.textContent = words;
    this.note.classList.toggle("fault", wrong);
  }

  pressed(button) {
    if (!button) return;
    if ("clear" in button.dataset) this.clear();
    if ("keep" in button.dataset) this.ranked(true);
    if (button.dataset.move) this.move(button.closest("[data-option]"), Number(button.dataset.move));
  }

  clear() {
    for (const input of this.inputs) input.checked = false;
    if (this.list) this.ranked(false);
    this.say(this.empty);
    this.changed();
  }

  // --- an order
  get items() {
    return [...this.list.querySelectorAll("[data-option]")];
  }

  arrange(places) {
    if (places) this.list.append(...this.items.sort((a, b) => places[a.dataset.option] - places[b.dataset.option]));
    this.list.dataset.ranked = places ? "yes" : "no";
    this.ends();
    this.say(places ? this.list.dataset.said : this.empty);
  }

  ranked(is) {
    this.list.dataset.ranked = is ? "yes" : "no";
    this.ends();
    if (is) this.say(this.list.dataset.said);
    this.changed();
  }

  // The neighbour moves past the item, so that the item keeps the focus.
  move(item, by) {
    const other = by < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (other) item[by < 0 ? "after" : "before"](other);
    this.placed(item);
  }

  placed(item) {
    this.ranked(true);
    const place = this.items.indexOf(item) + 1;
    this.say(`Place ${place} of ${this.items.length}: ${item.querySelector("[data-text]").textContent}`);
  }

  ends() {
    this.items.forEach((item, n) => {
      for (const button of item.querySelectorAll("[data-move]")) {
        const end = button.dataset.move < 0 ? n === 0 : n === this.items.length - 1;
        button.setAttribute("aria-disabled", String(end)); // not disabled: that would drop the focus
      }
    });
  }

  listen() {
    let held = null;
    this.list.addEventListener("dragstart", (event) => {
      held = event.target.closest("[data-option]");
      event.dataTransfer.effectAllowed = "move";
    });
    this.list.addEventListener("dragover", (event) => {
      const over = event.target.closest("[data-option]");
      if (!held || !over) return;
      event.preventDefault();
      const down = this.items.indexOf(held) < this.items.indexOf(over);
      if (over !== held) over[down ? "after" : "before"](held);
    });
    this.list.addEventListener("dragend", () => {
      if (held) this.placed(held);
      held = null;
    });
  }
}

function counted(count, exactly) {
  if (count <= exactly) return `${count} of ${exactly} chosen.`;
  const over = count - exactly;
  return `${count} chosen, ${over} too many. More than ${exactly} score nothing, so take ${over === 1 ? "one" : over} away.`;
}
