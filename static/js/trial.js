// A trial answer by choosing: the control is the apprentice's own; what it holds goes into the form's field.

import { Control } from "./controls.js";

const form = document.querySelector("[data-trial]");
const answer = form.querySelector("[data-answer]");
for (const root of form.querySelectorAll("[data-control]")) {
  const control = new Control(root);
  control.box.addEventListener("input", () => {
    answer.value = control.box.value;
  });
}
