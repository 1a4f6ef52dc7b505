// The call page: sound and transcript in step, hits one after another, decisions by one key, what the server says of them.
"use strict";

const LONGEST_MARK_MS = 20_000;

document.addEventListener("DOMContentLoaded", () => {
  const call = document.getElementById("call");
  const says = JSON.parse(call.dataset.says);
  const pk = call.dataset.call;
  const session = call.dataset.session;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  let current = null, selection = null, hasStarted = false, told = null, toldAll = null;

  // Findings, and which of them is being judged.
  const findings = () => all(".finding[data-finding]");
  const isOpen = (finding) => finding.dataset.decided !== "yes" && finding.dataset.fault === "yes";
  const byId = (id) => document.getElementById(`finding-${id}`);
  function choose(finding, { scroll = true } = {}) {
    for (const other of all(".finding.is-current")) other.classList.remove("is-current");
    for (const hit of all(".hit.is-current")) hit.classList.remove("is-current");
    current = finding?.dataset.finding ?? null;
    if (!finding) return;
    finding.classList.add("is-current");
    const marks = all(`.turns .hit[data-hits~="${current}"]`);
    for (const mark of marks) mark.classList.add("is-current");
    if (scroll) {
      finding.scrollIntoView({ block: "nearest" });
      if (marks[0]) showIn(one(".turns"), marks[0]);
    }
  }
  const place = (finding) => (finding.dataset.from === undefined ? [null, null] : [Number(finding.dataset.from), Number(finding.dataset.to)]);
  const hasHeard = (finding) => finding.dataset.heard === "yes" || (sound?.hasHeard(...place(finding)) ?? false);
  function markHeard() {
    for (const finding of findings()) if (finding.dataset.heard !== "yes" && hasHeard(finding)) finding.dataset.heard = "yes";
    for (const said of all(".hear-first")) if (!isUnheard(said.closest("form"))) said.remove();
  }
  async function playHit(finding) {
    choose(finding);
    hasStarted = true;
    if (!sound) return;
    const [from] = place(finding);
    // What is about the whole call has no second of its own: play on from where we are.
    const played = from === null ? await sound.playFrom(sound.media.ended ? 0 : sound.media.currentTime) : await sound.playFrom(from / 1000 - EARLY_S);
    if (!played) notice(says.press_play);
  }
  function move(by) {
    const list = findings();
    if (!list.length) { notice(says.no_hits); return; }
    const open = list.filter(isOpen);
    const at = list.findIndex((finding) => finding.dataset.finding === current);
    if (!hasStarted && by > 0) { playHit(at >= 0 ? list[at] : open[0] ?? list[0]); return; }
    playHit(list[(at + by + list.length) % list.length]);
  }

  // Sound.
  const now = document.getElementById("now");
  const clock = (seconds) => `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${(Math.floor(seconds * 10) / 10 % 60).toFixed(1).padStart(4, "0")}`;
  const words = all(".turns .w").map((element) => ({ element, from: Number(element.dataset.from), to: Number(element.dataset.to) }));
  const turns = all(".turns .turn").map((element) => ({ element, from: Number(element.dataset.from), to: Number(element.dataset.to) }));
  // What somebody added is marked as the hits are; a stretch of more than twenty seconds is no quotation (`web/call_view.py`).
  function markAdded() {
    const added = all(".finding[data-added]").map(place).filter(([from, to]) => to - from <= LONGEST_MARK_MS);
    const said = new Set(added.flatMap(([from, to]) => saidIn(from, to)));
    for (const { element } of words) {
      if (element.dataset.hits) continue;
      for (const name of ["hit", "match-added"]) element.classList.toggle(name, said.has(element));
    }
  }
  /** The words in a stretch, of whoever said most of it there. */
  function saidIn(fromMs, toMs) {
    const inside = words.filter(({ from, to }) => from < toMs && to > fromMs).map(({ element }) => element);
    const bySpeaker = ["agent", "customer", "unknown"].map((speaker) => inside.filter((element) => element.closest(`.turn-${speaker}`)));
    return bySpeaker.sort((a, b) => b.length - a.length)[0];
  }
  markAdded();
  let lit = null, litTurn = null;
  const showIn = (list, element) => {
    if (!list || list.scrollHeight <= list.clientHeight) return;
    const box = list.getBoundingClientRect(), at = element.getBoundingClientRect();
    if (at.top < box.top + 20 || at.bottom > box.bottom - 20) list.scrollTop += at.top - box.top - box.height / 3;
  };
  function follow(seconds) {
    if (now) now.textContent = clock(seconds);
    const ms = seconds * 1000;
    const word = words.find(({ from, to }) => from <= ms && ms < to)?.element ?? null;
    if (word !== lit) { lit?.classList.remove("is-spoken"); word?.classList.add("is-spoken"); lit = word ?? lit; }
    const turn = turns.find(({ from, to }) => from <= ms && ms < to)?.element ?? null;
    if (turn && turn !== litTurn) {
      litTurn?.classList.remove("is-spoken");
      turn.classList.add("is-spoken");
      litTurn = turn;
      if (!sound?.media.paused) showIn(one(".turns"), word ?? turn);
    }
    moveCursor(seconds);
    markHeard();
  }
  const sound = document.getElementById("sound") && window.WaveSurfer
    ? new CallSound(call, {
      time: follow, selected: (start, end) => take(start * 1000, end * 1000),
      region: (id) => { const finding = byId(id); if (finding) playHit(finding); }, error: () => notice(says.cannot_play, { ms: 0 }),
    })
    : null;
  if (sound) {
    for (const name of ["play", "pause", "ended"]) sound.media.addEventListener(name, () => { one(".playing-mark").textContent = sound.media.paused ? "▶" : "‖"; });
    sound.draw().then(loadVoice);
  }

  // The course of the voices, once the page can be used.
  function loadVoice() {
    const voice = document.getElementById("voice");
    if (!voice) return;
    const script = document.createElement("script");
    script.src = "/static/vendor/echarts.min.js";
    script.onload = () => htmx.ajax("GET", `/calls/${pk}/voice`, { target: "#voice", swap: "innerHTML" });
    setTimeout(() => document.head.append(script), 300);
  }
  let cursor = null;
  const GUTTER_LEFT = 56, GUTTER_RIGHT = 16;
  const lengthS = Number(call.dataset.lengthMs) / 1000;
  function moveCursor(seconds) {
    if (cursor) cursor.style.left = `${GUTTER_LEFT + (cursor.parentElement.clientWidth - GUTTER_LEFT - GUTTER_RIGHT) * Math.min(1, seconds / lengthS)}px`;
  }
  document.addEventListener("htmx:afterSwap", (event) => {
    const chart = event.target.id === "voice" ? document.getElementById("plot-voice") : null;
    if (!chart) return;
    const frame = document.createElement("div");
    frame.className = "voice-frame";
    chart.replaceWith(frame);
    cursor = document.createElement("div");
    cursor.className = "voice-cursor";
    frame.append(chart, cursor);
    chart.addEventListener("click", (click) => {
      const at = (click.clientX - chart.getBoundingClientRect().left - GUTTER_LEFT) / (chart.clientWidth - GUTTER_LEFT - GUTTER_RIGHT);
      if (sound && at >= 0 && at <= 1) sound.playFrom(at * lengthS);
    });
    moveCursor(sound?.media.currentTime ?? 0);
  });

  // Selecting words or a stretch of sound for a fault that was missed.
  function take(fromMs, toMs, text = null) {
    const inside = text ?? words.filter(({ from, to }) => from < toMs && to > fromMs).map(({ element }) => wordText(element)).join("");
    selection = [fromMs, toMs, inside];
    fillAdd();
    notice(`${says.selected}${inside || clock(fromMs / 1000)}`, { ms: 4000 });
  }
  const wordText = (element) => element.querySelector("ruby")?.firstChild.textContent ?? element.textContent;
  function fillAdd() {
    const form = one("#add form");
    if (!form || !selection) return;
    const [from, to, text] = selection;
    form.elements.start.value = clock(Math.floor(from / 100) / 10);
    form.elements.end.value = clock(Math.ceil(to / 100) / 10);
    form.elements.words.value = text;
  }
  const list = one(".turns");
  const wordAt = (node) => (node?.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest?.(".w") ?? null;
  list?.addEventListener("mouseup", () => {
    const chosen = getSelection();
    if (chosen.isCollapsed || !chosen.rangeCount) return;
    const range = chosen.getRangeAt(0);
    const inside = words.filter(({ element }) => range.intersectsNode(element));
    if (inside.length) take(inside[0].from, inside.at(-1).to, inside.map(({ element }) => wordText(element)).join(""));
  });
  list?.addEventListener("click", (event) => {
    const word = wordAt(event.target);
    if (!word || !getSelection().isCollapsed || !sound) return;
    if (word.dataset.hits) choose(byId(word.dataset.hits.split(" ")[0]), { scroll: false });
    hasStarted = true;
    sound.playFrom(Number(word.dataset.from) / 1000);
  });
  document.addEventListener("click", (event) => {
    const jump = event.target.closest("[data-play]");
    if (jump && sound) { hasStarted = true; sound.playFrom(Number(jump.dataset.play) / 1000); }
    const hit = event.target.closest("[data-hit]");
    if (hit) playHit(byId(hit.dataset.hit));
    const button = event.target.closest("[data-do]");
    if (button) run(button.dataset.do);
  });
  document.addEventListener("focusin", (event) => {
    const finding = event.target.closest?.(".finding[data-finding]");
    if (finding && finding.dataset.finding !== current) choose(finding, { scroll: false });
  });

  // Deciding.
  function judged() {
    const finding = (current && byId(current)) || findings().find(isOpen);
    return finding && finding.dataset.decided !== "yes" ? finding : findings().find(isOpen) ?? null;
  }
  function tellAllDecided() {
    toldAll?.remove();
    toldAll = notice(says.all_decided, { ms: 6000 });
  }
  function decide(decision) {
    const finding = judged();
    if (!finding) { tellAllDecided(); return; }
    if (!hasHeard(finding)) {
      notice(says.hear_first);
      if (sound?.media.paused || current !== finding.dataset.finding) playHit(finding);
      return;
    }
    finding.querySelector(`button[name=decision][value=${decision}]`)?.click();
  }
  const actions = {
    play: () => { hasStarted = true; sound?.toggle(); }, back: () => sound?.step(-STEP_S), forward: () => sound?.step(STEP_S),
    slower: () => setSpeed(-1), faster: () => setSpeed(1), next: () => move(1), previous: () => move(-1),
    mute1: () => mute(0), mute2: () => mute(1),
    confirm: () => decide("confirmed"), overturn: () => decide("overturned"),
    reclassify: () => { const details = judged()?.querySelector(".reclassify"); if (details) { details.open = true; details.querySelector("select").focus(); } },
    add: () => { const details = one("#add details"); if (details) { details.open = true; fillAdd(); details.querySelector("select").focus(); } },
    note: () => judged()?.querySelector("textarea")?.focus(),
    undo: () => { told?.remove(); const button = all(".undo:not([hidden])").at(-1); if (button) button.click(); else notice(says.nothing_to_undo); },
    done: () => one(".done-form")?.requestSubmit(), help: () => keys.open(),
  };
  function run(name) { actions[name]?.(); }
  const keys = setUpKeys(run, says);
  function setSpeed(by) { if (sound) document.getElementById("speed").textContent = `${sound.speed(by)}×`; }
  function mute(channel) {
    const button = one(`[data-do=mute${channel + 1}]`);
    if (sound && button) button.setAttribute("aria-pressed", String(sound.mute(channel)));
  }

  // What was not heard is played instead of decided, and that is said where the button is.
  function placeOf(form) {
    if (!form.closest("#add")) return form.closest(".finding") ? place(form.closest(".finding")) : undefined;
    const [from, to] = ["start", "end"].map((name) => milliseconds(form.elements[name].value));
    if (from === null && to === null) return [null, null];
    // What is no stretch of the call is for the server to refuse.
    return from < to && to <= Number(call.dataset.lengthMs) ? [from, to] : undefined;
  }
  /** As people write it, 61.5 or 1:01.5; null where nothing is written, NaN where it is no time. */
  function milliseconds(text) {
    const parts = text.trim().replace("：", ":").split(":");
    if (parts.length > 2) return NaN;
    return text.trim() ? Math.round(parts.reduce((sum, part) => sum * 60 + Number(part), 0) * 1000) : null;
  }
  const isUnheard = (form) => { const at = placeOf(form); return at !== undefined && form.closest(".finding")?.dataset.heard !== "yes" && !sound.hasHeard(...at); };
  async function playInstead(form) {
    form.querySelector(".hear-first")?.remove();
    const said = document.createElement("p");
    said.className = "hear-first warn";
    said.setAttribute("role", "status");
    said.textContent = says.hear_first;
    form.append(said);
    said.scrollIntoView({ block: "nearest" });
    hasStarted = true;
    const [from, to] = placeOf(form), now = sound.media.currentTime * 1000;
    if (!sound.media.paused && (from === null || (from - EARLY_S * 1000 <= now && now < to))) return;
    const played = await sound.playFrom(from !== null ? from / 1000 - EARLY_S : sound.media.ended ? 0 : sound.media.currentTime);
    if (!played) notice(says.press_play);
  }

  // Requests carry what was played, so that the server can see that who decides has heard. Taking a decision back needs none of it.
  document.addEventListener("htmx:configRequest", (event) => {
    const { verb, path, parameters, elt } = event.detail;
    if (verb !== "post" || path.startsWith("/pending/") || !sound) return;
    if (isUnheard(elt)) { event.preventDefault(); playInstead(elt); return; }
    elt.untold = sound.takeUntold();
    parameters.played = JSON.stringify(elt.untold);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const { requestConfig, successful, xhr } = event.detail;
    const { elt, verb } = requestConfig;
    if (verb !== "post") return;
    // What is refused is refused with what was played: it is told again.
    if (!successful && elt.untold) sound.untold.push(...elt.untold);
    elt.untold = null;
    // Somebody was first, or something has changed: show how it stands now; what was typed is kept.
    if (xhr.status === 409) refresh();
  });
  const refresh = () => htmx.ajax("GET", `/calls/${pk}/parts${session ? `?session=${session}` : ""}`, { target: "#findings", swap: "outerHTML" });
  function decided(text) {
    told?.remove();
    told = notice(text, { ms: 10_000, action: [says.undo, () => actions.undo()] });
    const next = findings().find(isOpen);
    if (!next) { choose(null); tellAllDecided(); return; }
    if (keys.playsOn()) playHit(next); else choose(next);
  }
  function takenBack(id) {
    told?.remove();
    if (findings().some(isOpen)) toldAll?.remove();
    choose((id && byId(id)) || (current && byId(current)) || findings().find(isOpen));
  }
  // After settling: until then htmx gives elements the attributes back that they had before.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "findings") return;
    if (sound?.regions) sound.drawRegions();
    markHeard();
    markAdded();
    const form = event.detail.requestConfig?.verb === "post" ? event.detail.requestConfig.elt.closest("form") : null;
    const field = form?.querySelector("[data-draft]");
    if (field) forgetDraft(field.dataset.draft);
    if (form?.matches(".judge")) decided(says.decided);
    else if (form?.querySelector(".undo")) takenBack(form.closest(".finding")?.dataset.finding);
    else if (form?.closest("#add")) { form.reset(); form.closest("details").open = false; selection = null; decided(says.added); }
    else if (current && byId(current)) choose(byId(current), { scroll: false });
  });

  // How long a decision can still be undone; then the page shows the verdict.
  setInterval(() => {
    const buttons = all(".undo");
    for (const button of buttons) {
      const left = Math.ceil((Date.parse(button.dataset.undo) - Date.now()) / 1000);
      button.querySelector(".left").textContent = left > 0 ? String(left) : "";
      button.hidden = left <= 0;
    }
    const isOver = buttons.length && buttons.every((button) => Date.parse(button.dataset.undo) + 1500 < Date.now());
    const isTyping = document.activeElement?.matches("#findings textarea, #findings select");
    if (isOver && !isTyping) refresh();
  }, 500);

  // Where the page opens: at a second that was asked for, else two seconds before the first hit.
  const first = findings().find(isOpen);
  if (first) choose(first);
  if (!sound) return;
  if (call.dataset.at !== undefined) {
    const at = Number(call.dataset.at);
    const there = findings().find((finding) => Number(finding.dataset.from) <= at && at <= Number(finding.dataset.to));
    if (there) choose(there);
    hasStarted = true;
    sound.playFrom(at / 1000 - EARLY_S).then((played) => { if (!played) notice(says.press_play); });
  } else if (first?.dataset.from !== undefined) {
    sound.media.currentTime = Math.max(0, Number(first.dataset.from) / 1000 - EARLY_S);
  }
});
