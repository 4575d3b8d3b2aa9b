// A short double tone when somebody needs a person: off until it is switched on, and kept for this window only.

const KEPT = "sjt-board-sound";

export function bell(button) {
  let context = null;
  let on = false;
  const said = button.querySelector("[data-sound-words]");

  function set(wanted) {
    on = wanted;
    button.setAttribute("aria-pressed", String(on));
    said.textContent = on ? said.dataset.on : said.dataset.off;
    sessionStorage.setItem(KEPT, on ? "on" : "off");
  }

  function tone(at, hertz) {
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    oscillator.frequency.value = hertz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.2, at + 0.02);
    gain.gain.linearRampToValueAtTime(0, at + 0.18);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(at);
    oscillator.stop(at + 0.2);
  }

  function ring() {
    if (!on) return;
    context ??= new AudioContext();
    context.resume();
    tone(context.currentTime, 880);
    tone(context.currentTime + 0.22, 660);
  }

  button.hidden = false;
  button.addEventListener("click", () => {
    set(!on);
    ring(); // so that one hears what it will be
  });
  set(sessionStorage.getItem(KEPT) === "on");
  return ring;
}
