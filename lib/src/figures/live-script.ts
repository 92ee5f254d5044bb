/**
 * The script of a page that makes static figures live on request and starts the step players, in the language of browsers, without any framework. It serves handouts
 * opened from the file system (`<script src="live.js" data-plotly="plotly.min.js" defer>`) and pages of Jupyter, where a loader cell sets
 * `window.overlayLabPlotlyUrl` first. It fetches nothing until a reader asks for it.
 */
import { playerScriptText } from "./player-script";
import { colourPairs } from "./theme";

/** The script as text; it holds the theme's colours, so a live plot follows the page. */
export function liveScriptText(): string {
  const colours = Object.fromEntries(colourPairs().map(({ light, dark }) => [light, dark]));
  return playerScriptText() + LIVE_SCRIPT.replace("__COLOURS__", () => JSON.stringify(colours));
}

const LIVE_SCRIPT = String.raw`"use strict";
(() => {
  const DARK = new Map(Object.entries(__COLOURS__));
  const script = document.currentScript;
  // An empty address: the page has step players only, or no Plotly beside it.
  const plotlyUrl = script && script.dataset.plotly !== undefined ? script.dataset.plotly : window.overlayLabPlotlyUrl || "plotly.min.js";
  const systemDark = window.matchMedia("(prefers-color-scheme: dark)");
  const reducedMotion = window.matchMedia("(prefers-reduced-motion: reduce)");
  let loading = null;

  function loadPlotly() {
    if (window.Plotly) return Promise.resolve();
    loading = loading || new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = plotlyUrl;
      element.onload = () => (window.Plotly ? resolve() : reject(new Error("the plot library did not start")));
      element.onerror = () => reject(new Error("the plot library could not be loaded"));
      document.head.append(element);
    }).catch((error) => {
      loading = null;
      throw error;
    });
    return loading;
  }

  function pageIsDark() {
    const theme = document.documentElement.dataset.theme;
    return theme === "dark" || (theme !== "light" && systemDark.matches && !document.querySelector("body[data-jp-theme-light=true]"));
  }

  function recolour(value) {
    if (typeof value === "string") return DARK.get(value) || value;
    if (Array.isArray(value)) return value.map(recolour);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, recolour(part)]));
  }

  function preparedFigure(source) {
    const figure = JSON.parse(source);
    const { data, layout } = pageIsDark() ? recolour({ data: figure.data, layout: figure.layout }) : figure;
    const height = layout.height;
    delete layout.width;
    delete layout.height;
    return { data, layout: { ...layout, height, autosize: true, transition: { duration: reducedMotion.matches ? 0 : 150 } }, alt: figure.alt };
  }

  function enhance(block) {
    const source = block.querySelector("script.ol-plotly");
    if (!source || block.dataset.live) return;
    block.dataset.live = "off";
    const drawing = block.querySelector(".ol-drawing, .ol-no-drawing");
    const tools = document.createElement("div");
    const button = document.createElement("button");
    const status = document.createElement("span");
    tools.className = "ol-tools";
    button.type = "button";
    button.textContent = "Explore";
    button.setAttribute("aria-describedby", block.getAttribute("aria-labelledby") || "");
    status.setAttribute("role", "status");
    tools.append(button, status);
    drawing.after(tools);
    let stage = null;

    async function draw() {
      const figure = preparedFigure(source.textContent);
      stage.setAttribute("aria-label", figure.alt);
      await window.Plotly.react(stage, figure.data, figure.layout, { displayModeBar: false, displaylogo: false, responsive: true });
    }

    async function goLive() {
      status.textContent = "Starting the live plot.";
      try {
        await loadPlotly();
        stage = document.createElement("div");
        stage.className = "ol-live";
        stage.setAttribute("role", "img");
        stage.style.maxWidth = drawing.style.maxWidth;
        drawing.before(stage);
        await draw();
        drawing.hidden = true;
        button.textContent = "Static";
        block.dataset.live = "on";
        status.textContent = "Drag to zoom, double-click to zoom out.";
      } catch (error) {
        goStatic();
        status.textContent = "The live plot did not start: " + error.message + ". The drawing and the data stay as they are.";
      }
    }

    function goStatic() {
      if (stage) {
        if (window.Plotly) window.Plotly.purge(stage);
        stage.remove();
        stage = null;
      }
      drawing.hidden = false;
      button.textContent = "Explore";
      block.dataset.live = "off";
      status.textContent = "";
    }

    button.addEventListener("click", () => (stage ? goStatic() : goLive()));
    block.addEventListener("overlay-lab-theme", () => stage && draw());
    if (drawing.classList.contains("ol-no-drawing")) goLive();
  }

  function enhanceAll() {
    window.overlayLabSteps();
    if (plotlyUrl !== "") document.querySelectorAll(".ol-figure").forEach(enhance);
  }

  function themeChanged() {
    document.querySelectorAll('.ol-figure[data-live="on"]').forEach((block) => block.dispatchEvent(new Event("overlay-lab-theme")));
  }

  systemDark.addEventListener("change", themeChanged);
  new MutationObserver(themeChanged).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  // Figures of cells that run later, in a live notebook, are found too.
  window.overlayLabEnhance = enhanceAll;
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", enhanceAll);
  else enhanceAll();
})();
`;
