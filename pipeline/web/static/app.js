// What every page does: notices, plots, and text that survives an ended session.
"use strict";

const nonce = document.querySelector('meta[name="csp-nonce"]')?.content ?? "";

/** Show a sentence in the corner; `action` = [label, function] puts a button beside it. Gone after `ms`. */
function notice(text, { ms = 8000, action = null } = {}) {
  const box = document.createElement("div");
  box.textContent = text;
  if (action) {
    const button = document.createElement("button");
    button.textContent = action[0];
    button.addEventListener("click", () => { box.remove(); action[1](); });
    box.append(" ", button);
  }
  document.getElementById("notices").append(box);
  if (ms) setTimeout(() => box.remove(), ms);
  return box;
}

// Text that is being written is kept in this browser until its form has been accepted: an ended session loses nothing.
const draftKey = (field) => `draft:${document.body.dataset.person}:${field.dataset.draft}`;
function keepDrafts(root) {
  for (const field of root.querySelectorAll("[data-draft]")) {
    const kept = localStorage.getItem(draftKey(field));
    if (kept && !field.value) field.value = kept;
    field.addEventListener("input", () => {
      if (field.value) localStorage.setItem(draftKey(field), field.value);
      else localStorage.removeItem(draftKey(field));
    });
  }
}
// Pages that took a form say so in `data-forget`, a name or some: what was typed for it is no draft any more.
function forgetAccepted(root) {
  for (const one of root.querySelectorAll("[data-forget]")) one.dataset.forget.split(" ").forEach(forgetDraft);
}
function forgetDraft(name) { localStorage.removeItem(`draft:${document.body.dataset.person}:${name}`); }

// A plot is described in its element; colours follow light and dark.
function colours() {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(name).trim();
}
function drawPlots(root) {
  const plots = root.querySelectorAll("[data-plot]:not([data-drawn])");
  if (!plots.length || !window.echarts) return;
  const colour = colours();
  const axis = { axisLabel: { color: colour("--quiet") }, axisLine: { lineStyle: { color: colour("--line") } }, splitLine: { lineStyle: { color: colour("--line") } } };
  for (const element of plots) {
    element.dataset.drawn = "yes";
    const options = JSON.parse(element.dataset.plot);
    const themed = (one) => (Array.isArray(one) ? one.map(themed) : one && { ...axis, ...one, axisLabel: { ...axis.axisLabel, ...one.axisLabel } });
    if (options.xAxis) options.xAxis = themed(options.xAxis);
    if (options.yAxis) options.yAxis = themed(options.yAxis);
    const chart = echarts.init(element, null, { renderer: "canvas" });
    chart.setOption({
      animation: false, textStyle: { color: colour("--ink"), fontFamily: "inherit" }, legend: options.legend && { textStyle: { color: colour("--ink") }, ...options.legend },
      grid: { left: 48, right: 16, top: 32, bottom: 32, containLabel: true }, tooltip: { trigger: "axis", renderMode: "richText" },
      color: ["#2b82b8", "#d98b1f", "#4a9d6b", "#b0473f", "#7a5ab5", "#64748b"], ...options, legend: options.legend && { ...options.legend, textStyle: { color: colour("--ink") } },
    });
    new ResizeObserver(() => chart.resize()).observe(element);
  }
  for (const button of root.querySelectorAll("[data-download-plot]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const link = document.createElement("a");
      link.href = echarts.getInstanceByDom(document.getElementById(button.dataset.downloadPlot)).getDataURL({ pixelRatio: 2, backgroundColor: colour("--card") });
      link.download = `${button.dataset.downloadPlot}.png`;
      link.click();
    });
  }
}

// Where the menu is one line that scrolls, it opens at the item that is shown.
function showInMenu() {
  const nav = document.querySelector(".top nav"), item = nav?.querySelector("[aria-current]");
  if (item) nav.scrollLeft = item.offsetLeft - nav.offsetLeft - (nav.clientWidth - item.offsetWidth) / 2;
}

document.addEventListener("DOMContentLoaded", () => { showInMenu(); forgetAccepted(document); keepDrafts(document); drawPlots(document); });
document.addEventListener("htmx:afterSwap", (event) => { keepDrafts(event.target); drawPlots(event.target); });
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  else notice(event.detail.xhr.responseText.slice(0, 300), { ms: 15000 });
});
document.addEventListener("htmx:sendError", () => notice(document.documentElement.lang.startsWith("zh") ? "连不上服务器，内容还在，请稍后再试。" : "The server does not answer; nothing is lost, try again."));
