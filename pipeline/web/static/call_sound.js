// The sound of a call: waveform, regions of the findings, what was played, channels that can be muted.
"use strict";

const EARLY_S = 2, STEP_S = 3, TELL_EVERY_MS = 5000, SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

/** Stretches in ms, joined and in order. */
function joinStretches(stretches) {
  const found = [];
  for (const [start, end] of [...stretches].sort((a, b) => a[0] - b[0])) {
    const last = found.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else found.push([start, end]);
  }
  return found;
}

class CallSound {
  /** `call`: the page's element; `on`: time(seconds), selected(start, end), region(findingId), error(). */
  constructor(call, on) {
    this.call = call;
    this.on = on;
    this.media = document.getElementById("sound");
    this.heard = JSON.parse(call.dataset.heard);
    this.untold = [];
    this.open = null;
    this.media.removeAttribute("controls");
    this.media.addEventListener("error", () => on.error());
    for (const name of ["play", "playing"]) this.media.addEventListener(name, () => this.follow());
    for (const name of ["pause", "ended", "waiting"]) this.media.addEventListener(name, () => this.tick());
    this.media.addEventListener("seeking", () => { this.open = null; });
    this.media.addEventListener("timeupdate", () => { this.tick(); on.time(this.media.currentTime); });
    setInterval(() => this.tell(), TELL_EVERY_MS);
    addEventListener("pagehide", () => { this.tick(); this.tell(true); });
    for (const element of document.querySelectorAll(".waves, .transport, .needs-script")) element.hidden = false;
  }

  /** Draw the waveform from the server's peaks. */
  async draw() {
    const answer = await fetch(`/calls/${this.call.dataset.call}/peaks`);
    if (!answer.ok) { this.on.error(); return; }
    const { peaks, duration_ms } = await answer.json();
    const colour = colours();
    const channels = JSON.parse(document.getElementById("wave").dataset.channels);
    const of = (who) => colour(who === "customer" ? "--customer" : "--agent");
    this.regions = WaveSurfer.Regions.create();
    this.wave = WaveSurfer.create({
      container: "#wave", media: this.media, peaks: peaks.map((one) => one.map((peak) => peak / 1000)), duration: duration_ms / 1000,
      height: peaks.length > 1 ? 56 : 96, normalize: true, cursorColor: colour("--bad"), cursorWidth: 2, cspNonce: nonce, plugins: [this.regions],
      waveColor: of(channels[0]), progressColor: of(channels[0]),
      splitChannels: peaks.map((_, n) => ({ waveColor: of(channels[n] ?? channels[0]), progressColor: of(channels[n] ?? channels[0]) })),
    });
    this.wave.on("interaction", () => this.on.time(this.media.currentTime));
    this.wave.on("ready", () => {
      this.regions.enableDragSelection({ color: "rgb(43 130 184 / 30%)", id: "selection" });
      this.drawRegions();
      this.call.dataset.ready = String(Math.round(performance.now()));
    });
    this.regions.on("region-created", (region) => {
      if (region.id.startsWith("finding-")) return;
      for (const other of this.regions.getRegions()) if (other !== region && !other.id.startsWith("finding-")) other.remove();
      this.on.selected(region.start, region.end);
    });
    this.regions.on("region-updated", (region) => { if (!region.id.startsWith("finding-")) this.on.selected(region.start, region.end); });
    this.regions.on("region-clicked", (region, event) => {
      event.stopPropagation();
      if (region.id.startsWith("finding-")) this.on.region(region.id.slice(8));
    });
  }

  /** Findings as coloured regions; called again when they have changed. */
  drawRegions() {
    for (const region of this.regions.getRegions()) if (region.id.startsWith("finding-")) region.remove();
    const shades = { fatal: "rgb(161 27 27 / 38%)", major: "rgb(200 80 30 / 32%)", minor: "rgb(217 139 31 / 28%)", notice: "rgb(100 116 139 / 22%)" };
    for (const finding of document.querySelectorAll(".finding[data-from]")) {
      const id = finding.dataset.finding ?? "added";
      const start = Number(finding.dataset.from) / 1000;
      const region = this.regions.addRegion({
        id: `finding-${id}`, start, end: Math.max(start + 0.15, Number(finding.dataset.to) / 1000), drag: false, resize: false, color: shades[finding.dataset.severity],
      });
      if (region.element) region.element.title = finding.dataset.name;
    }
  }

  /** Play from some seconds on; the answer of a browser that does not let a page do so is told. */
  async playFrom(seconds) {
    this.tick();
    this.open = null;
    this.media.currentTime = Math.max(0, seconds);
    try { await this.media.play(); return true; } catch { return false; }
  }

  toggle() { if (this.media.paused) this.media.play().catch(() => {}); else this.media.pause(); }
  step(seconds) { this.media.currentTime = Math.min(Math.max(0, this.media.currentTime + seconds), Number(this.call.dataset.lengthMs) / 1000); }
  speed(by) {
    const at = SPEEDS.indexOf(this.media.playbackRate);
    this.media.playbackRate = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, (at < 0 ? 2 : at) + by))];
    this.media.preservesPitch = true;
    return this.media.playbackRate;
  }

  /** Mute a channel (0 left, 1 right), or let it be heard again; the other one is then heard on both ears. */
  mute(channel) {
    if (!this.gains) {
      const context = new AudioContext();
      const splitter = context.createChannelSplitter(2), merger = context.createChannelMerger(2);
      context.createMediaElementSource(this.media).connect(splitter);
      this.gains = [0, 1].map((from) => [0, 1].map((to) => {
        const gain = context.createGain();
        splitter.connect(gain, from); gain.connect(merger, 0, to);
        return gain;
      }));
      merger.connect(context.destination);
      this.context = context;
      this.muted = [false, false];
    }
    this.context.resume();
    this.muted[channel] = !this.muted[channel];
    const alone = this.muted[0] !== this.muted[1];
    for (const from of [0, 1]) for (const to of [0, 1]) this.gains[from][to].gain.value = this.muted[from] ? 0 : (alone || from === to ? 1 : 0);
    return this.muted[channel];
  }

  follow() {
    const step = () => { if (!this.media.paused && !this.media.ended) { this.tick(); this.on.time(this.media.currentTime); requestAnimationFrame(step); } };
    if (this.following) return;
    this.following = true;
    requestAnimationFrame(step);
    this.media.addEventListener("pause", () => { this.following = false; }, { once: true });
  }

  /** Write down what has been played since the last look. A jump begins a new stretch. */
  tick() {
    if (this.media.seeking) { this.open = null; return; }
    const now = Math.round(this.media.currentTime * 1000);
    const most = 1500 * this.media.playbackRate;
    if (this.open && now >= this.open[1] && now - this.open[1] <= most) this.open[1] = now;
    else if (!this.media.paused) { this.open = [now, now]; this.untold.push(this.open); }
    if (this.media.paused) this.open = null;
  }

  /** What has not been told the server yet, as it wants it; from now on it counts as told. */
  takeUntold() {
    this.tick();
    const told = joinStretches(this.untold.filter(([start, end]) => end > start).map((one) => [...one]));
    this.untold = [];
    if (this.open) { this.open = [this.open[1], this.open[1]]; this.untold.push(this.open); }
    this.heard = joinStretches([...this.heard, ...told]);
    return told;
  }

  /** Tell the server. What it could not be told is told again later. */
  async tell(leaving = false) {
    const told = this.takeUntold();
    if (!told.length) return;
    const body = new FormData();
    body.append("played", JSON.stringify(told));
    try {
      const answer = await fetch(`/calls/${this.call.dataset.call}/played`, {
        method: "POST", body, keepalive: leaving, headers: { "X-CSRF-Token": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRF-Token"], Accept: "text/plain" },
      });
      if (answer.status >= 500) this.untold.push(...told);
    } catch { this.untold.push(...told); }
  }

  /** Whether a stretch was played, as the server will judge it (`pipeline/review/heard.py`); null: something about the whole call. */
  hasHeard(fromMs, toMs) {
    const all = joinStretches([...this.heard, ...this.untold.filter(([start, end]) => end > start).map((one) => [...one])]);
    if (fromMs === null) return all.reduce((sum, [start, end]) => sum + end - start, 0) >= Math.min(10_000, Number(this.call.dataset.lengthMs) / 2);
    const edge = Math.min(400, Math.floor((toMs - fromMs - 1) / 2));
    const first = fromMs + Math.max(0, edge), last = Math.max(toMs - Math.max(0, edge), first + 1);
    const within = all.reduce((sum, [start, end]) => sum + Math.max(0, Math.min(end, last) - Math.max(start, first)), 0);
    return within >= Math.min(15_000, last - first);
  }
}
