// Wakes the controls of a sample screen or a preview. Nothing is saved there.
import { Control } from "./controls.js";

for (const root of document.querySelectorAll("[data-control]")) new Control(root);
