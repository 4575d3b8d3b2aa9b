// The marker's desk: drafts kept in the background, and keys. Without this script the form does all of it.

const form = document.querySelector("[data-judgement]:not([data-over])");
if (form) desk(form);

function desk(form) {
  const status = form.querySelector("[data-saved]");
  const address = form.action;
  const SOON = 1500; // milliseconds after the last change
  const AGAIN = 3000; // after a try that met no server
  let dirty = false;
  let stopped = false;
  let timer = 0;
  let sending = null;

  // ---- drafts: one save at a time, each on top of the revision that the server gave last ----
  function changed() {
    dirty = true;
    later(SOON);
  }

  function later(wait) {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(save, wait);
  }

  function save(keepalive) {
    clearTimeout(timer);
    if (dirty && !stopped && !sending) {
      sending = send(keepalive === true).then((met) => {
        sending = null;
        if (dirty) later(met ? SOON : AGAIN);
      });
    }
    return sending;
  }

  async function send(keepalive) {
    dirty = false;
    try {
      const body = new URLSearchParams(new FormData(form));
      const reply = await fetch(address, { method: "POST", body, keepalive, headers: { Accept: "application/json" } });
      await heard(reply);
      return true;
    } catch {
      dirty = true;
      say("Not saved yet: no answer from the server. Trying again.");
      return false;
    }
  }

  async function heard(reply) {
    const told = await reply.json();
    if (reply.ok) {
      form.elements.edit.value = told.edit;
      say(`Draft saved ${told.saved_at}`);
    } else if (reply.status >= 500) {
      throw new Error(told.words);
    } else {
      stopped = reply.status !== 400; // a fault in a field is mended by typing on; anything else by a person
      say(told.words);
    }
  }

  function say(words) {
    if (status) status.textContent = words;
  }

  form.addEventListener("input", changed);
  window.addEventListener("online", save);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save(true);
  });

  // A press of a button waits for the save under way, so that it is never stale against its own draft.
  form.addEventListener("submit", (event) => {
    if (sending) {
      event.preventDefault();
      const pressed = event.submitter;
      sending.then(() => form.requestSubmit(pressed));
    } else {
      stopped = true;
      clearTimeout(timer);
    }
  });

  // A report on the guide leaves this page too: what is typed here goes first.
  const unclear = document.querySelector("[data-unclear]");
  unclear?.addEventListener("submit", (event) => {
    if (!dirty && !sending) return;
    event.preventDefault();
    Promise.resolve(save()).then(() => unclear.submit());
  });

  // ---- keys ----
  const single = document.querySelector("[data-single-keys]");
  try {
    single.checked = localStorage.getItem("single-keys") !== "off";
    single.addEventListener("change", () => localStorage.setItem("single-keys", single.checked ? "on" : "off"));
  } catch {
    // Storage may be closed to us; then the choice lasts as long as the page.
  }
  for (const part of document.querySelectorAll("[data-script-only]")) part.hidden = false;

  let current = 1;
  const point = (number) => form.querySelector(`[data-point="${number}"]`);
  form.addEventListener("focusin", (event) => {
    const own = event.target.closest("[data-point]");
    if (own) current = Number(own.dataset.point);
  });

  function toggle(number) {
    const [met, unmet] = point(number)?.querySelectorAll('input[type="radio"]') ?? [];
    if (!met) return;
    const chosen = met.checked ? unmet : met;
    chosen.checked = true;
    chosen.focus();
    changed();
  }

  const acts = {
    r: () => point(current)?.querySelector("textarea").focus(),
    c: () => form.elements.comment.focus(),
    g: () => form.querySelector('[data-act="back"]').click(),
    "?": () => document.querySelector('[data-dialog-open="keys"]').click(),
  };

  function typing(target) {
    return target.matches("textarea, select, input:not([type=radio])") || target.isContentEditable;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      if (event.target.closest("dialog")) return; // a report on the guide is being written
      event.preventDefault();
      form.querySelector('[data-act="commit"]').click();
    } else if (event.key === "Escape" && event.target.matches("textarea")) {
      const own = event.target.closest("[data-point]");
      (own?.querySelector("input:checked, input") ?? form.querySelector('[data-act="commit"]')).focus();
    } else if (!event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat) {
      singleKey(event);
    }
  });

  function singleKey(event) {
    if (!single.checked || typing(event.target) || document.querySelector("dialog[open]")) return;
    const act = /^[1-9]$/.test(event.key) ? () => toggle(event.key) : acts[event.key.toLowerCase()];
    if (act) {
      event.preventDefault();
      act();
    }
  }
}
