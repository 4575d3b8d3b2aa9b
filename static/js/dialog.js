// Opens and closes native dialogs. Without this script the links still work: the dialog is then a
// section of the page, shown by its address (:target).

const opener = (target) => target.closest("[data-dialog-open]");

function open(link) {
  const dialog = document.getElementById(link.dataset.dialogOpen);
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.addEventListener("close", () => link.focus(), { once: true });
}

document.addEventListener("click", (event) => {
  const link = opener(event.target);
  if (link) {
    event.preventDefault();
    open(link);
    return;
  }
  const close = event.target.closest("[data-dialog-close]");
  const dialog = close && close.closest("dialog[open]");
  if (dialog) {
    event.preventDefault();
    dialog.close();
  }
});

// One menu open at a time; Escape or a press elsewhere closes it.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A page that comes back with faults starts at its summary.
document.getElementById("error-summary")?.focus();
