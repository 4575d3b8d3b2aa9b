// Earlier versions of an answer in a dialog. Fetched when somebody asks for them.

function made(tag, words = "", attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = words;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

async function asked(here, question) {
  const response = await fetch(`${here.base}versions/${encodeURIComponent(question)}`, {
    headers: { Accept: "application/json" },
    signal: AbortSignal.timeout(10000),
  });
  const told = await response.json();
  if (!response.ok) throw new Error(told.words);
  return told.versions;
}

function line(version, restore) {
  const item = made("li");
  const words = version.words === 1 ? "1 word" : `${version.words} words`;
  const button = made("button", "Restore", { type: "button", class: "button button-secondary" });
  button.append(made("span", ` the version of ${version.saved_at}, ${words}`, { class: "visually-hidden" }));
  button.addEventListener("click", () => restore(version.text));
  item.append(made("p", `${version.saved_at} · ${words}`, { class: "version-when" }), made("p", version.first_line, { class: "soft" }), button);
  return item;
}

// Shows what stood in a box; `restore(text)` puts it back. The focus returns to the button, or to the box that changed.
export async function showEarlier(here, box, opener, restore) {
  const dialog = made("dialog", "", { class: "dialog", "aria-labelledby": "versions-title" });
  const title = made("h2", opener.dataset.title, { id: "versions-title", tabindex: "-1", autofocus: "" });
  const close = made("button", "Close", { type: "button", class: "button button-quiet" });
  let after = opener;
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    after.focus();
  });
  try {
    const found = await asked(here, box.dataset.question);
    const list = made("ol", "", { class: "versions" });
    list.append(
      ...found.map((version) =>
        line(version, (text) => {
          restore(text);
          after = box;
          dialog.close();
        }),
      ),
    );
    dialog.append(title, made("p", found.length ? "Restore puts a version into the box. What stands there now stays here as a version." : "Nothing else was saved yet."), list);
  } catch {
    dialog.append(title, made("p", "The earlier versions could not be fetched. Try again in a moment."));
  }
  dialog.append(close);
  document.body.append(dialog);
  dialog.showModal();
}
