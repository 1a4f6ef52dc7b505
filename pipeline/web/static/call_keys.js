// Keys of the call page: one press each, changeable, and switched off for who does not want them. Kept in this browser, for this person.
"use strict";

const DEFAULT_KEYS = {
  play: " ", back: "j", forward: "l", slower: "[", faster: "]", next: "n", previous: "p", mute1: "1", mute2: "2",
  confirm: "c", overturn: "o", reclassify: "r", add: "m", note: "t", undo: "u", done: "Enter", help: "?",
};

/** `run(name)` does what a key stands for; `says` are the page's sentences. */
function setUpKeys(run, says) {
  const place = `keys:${document.body.dataset.person}`;
  const kept = JSON.parse(localStorage.getItem(place) ?? "{}");
  const chosen = { on: kept.on ?? true, playOn: kept.playOn ?? true, keys: { ...DEFAULT_KEYS, ...kept.keys } };
  const dialog = document.getElementById("keys");
  const keep = () => localStorage.setItem(place, JSON.stringify(chosen));
  const shown = (key) => (key === " " ? "Space" : key.length === 1 ? key.toUpperCase() : key);
  const show = () => {
    for (const field of dialog.querySelectorAll("[data-key]")) field.value = shown(chosen.keys[field.dataset.key]);
    dialog.querySelector("[data-keys-on]").checked = chosen.on;
    dialog.querySelector("[data-play-on]").checked = chosen.playOn;
  };
  const sameKey = (one, other) => (one.length === 1 ? one.toLowerCase() === other.toLowerCase() : one === other);

  for (const field of dialog.querySelectorAll("[data-key]")) {
    field.addEventListener("keydown", (event) => {
      if (["Tab", "Escape", "Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
      event.preventDefault();
      const taken = Object.keys(chosen.keys).find((name) => name !== field.dataset.key && sameKey(chosen.keys[name], event.key));
      if (taken) { notice(`${says.key_taken}${dialog.querySelector(`label[for="key-${taken}"]`).textContent}`); return; }
      chosen.keys[field.dataset.key] = event.key;
      keep(); show();
    });
  }
  dialog.querySelector("[data-keys-on]").addEventListener("change", (event) => { chosen.on = event.target.checked; keep(); });
  dialog.querySelector("[data-play-on]").addEventListener("change", (event) => { chosen.playOn = event.target.checked; keep(); });
  dialog.querySelector("[data-keys-reset]").addEventListener("click", () => { chosen.keys = { ...DEFAULT_KEYS }; keep(); show(); });
  dialog.querySelector("[data-keys-close]").addEventListener("click", () => dialog.close());
  show();

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    const at = event.target;
    if (at.matches("input, select, textarea, [contenteditable]")) {
      if (event.key === "Escape") at.blur();
      return;
    }
    const name = Object.keys(chosen.keys).find((one) => sameKey(chosen.keys[one], event.key));
    if (!name || (!chosen.on && name !== "help")) return;
    // A button or link that has the focus keeps the keys that press it.
    if ((event.key === "Enter" || event.key === " ") && at.matches("a, button, summary")) return;
    event.preventDefault();
    if (!event.repeat || name === "back" || name === "forward") run(name);
  });
  return { open: () => dialog.showModal(), playsOn: () => chosen.playOn };
}
