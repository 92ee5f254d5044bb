/**
 * The loader cell: makes the stored, static figures of a notebook live in a running Jupyter, from files of the workbook that the
 * Jupyter server itself hands out. Nothing is fetched from elsewhere, and nothing is stored when notebooks are run for keeping.
 */
import { PLAYER_CSS } from "../figures/figure-css";
import { html, jsonForScript } from "../html";
import { currentHost } from "./host";

/** Where the scripts lie below the root of the workbook; `npm start` writes them. */
const ASSET_FOLDER = "build/handouts/assets";

/**
 * Makes the figures of this notebook live: zoom, hover and hide curves. In the last line of the loader cell.
 * Outside Jupyter it only says so.
 */
export function enableLiveFigures(): void {
  const host = currentHost();
  if (host.kind !== "jupyter") {
    host.display({ "text/plain": "Figures are static here; in Jupyter this cell makes them live." });
    return;
  }
  const page = html`<p class="live-figures" role="status">Loading live figures …</p><script>(function () {
  // Some front ends run the script before its output stands in the page, so the line is looked up when there is something to say.
  const say = (text) => document.querySelectorAll(".live-figures").forEach((line) => { line.textContent = text; });
  const config = document.getElementById("jupyter-config-data");
  const base = document.body.dataset.baseUrl || (config ? JSON.parse(config.textContent).baseUrl : "/");
  const folder = base + ${jsonForScript(`files/${ASSET_FOLDER}/`)};
  const load = (name) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = folder + name;
    script.onload = resolve;
    script.onerror = () => reject(new Error(folder + name));
    document.head.append(script);
  });
  const style = document.createElement("style");
  style.textContent = ${jsonForScript(PLAYER_CSS)};
  document.head.append(style);
  // live.js starts the step players and puts a button under every figure, now and later, and fetches Plotly from here when one is first used.
  window.overlayLabPlotlyUrl = folder + "plotly.min.js";
  load("live.js")
    .then(() => new MutationObserver(() => window.overlayLabEnhance()).observe(document.body, { childList: true, subtree: true }))
    .then(() => say("Every plot has a button that makes it live: point at a curve, or drag to zoom. Step players are ready."))
    .catch((error) => say("Figures stay static: " + error.message + " is missing. Run npm start once, and open Jupyter with npm run lab."));
})();</script>`;
  host.display({ "text/html": page.toString(), "text/plain": "Live figures need a browser." });
}
