// Says to the page, before any of it is shown, and to its form that this browser runs scripts.
document.documentElement.classList.add("runs-scripts");
document.addEventListener("submit", (event) => {
  for (const field of event.target.querySelectorAll("[data-scripts]")) field.value = "yes";
});
