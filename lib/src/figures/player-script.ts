/**
 * The script that turns the still pictures of a step player into a player, in the language of browsers; part of the live script. What a picture
 * holds is computed by the very functions that draw the stills. Text goes into the page as text only, and nothing moves before play is pressed.
 */
import * as drawing from "./player-drawing";
import { playerBounds, playerState } from "./player-data";
import { PLAYER_PAINT } from "./player-paint";

/** The script as text; it defines `window.overlayLabSteps`, which finds step players that are still pictures and starts them. */
export function playerScriptText(): string {
  const shared = [playerBounds, playerState, ...Object.values(drawing)].map(String).join("\n").replace(/^\s*\/\/.*\n/gm, "");
  return PLAYER_SCRIPT.replace("__SHARED__", () => shared.replace(/^ +/gm, "")).replace("__PAINT__", () => JSON.stringify(PLAYER_PAINT));
}

const PLAYER_SCRIPT = String.raw`(() => {
"use strict";
const PAINT = __PAINT__;
__SHARED__
const SVG = "http://www.w3.org/2000/svg";
const STEP_MS = { slow: 2400, normal: 1100, fast: 350 };
const ICONS = { first: "M3 2v12h2V2zM14 2v12L6 8z", back: "M11 3.5 9.5 2l-6 6 6 6 1.5-1.5L6.5 8z", play: "M4 2v12l9-6z", pause: "M3 2v12h4V2zM9 2v12h4V2z", forward: "M5 3.5 6.5 2l6 6-6 6L5 12.5 9.5 8z", last: "M11 2v12h2V2zM2 2v12l8-6z" };
const drawn = new WeakMap();

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  patch(svg, svgPart("svg", { viewBox: "0 0 16 16", width: "16", height: "16", "aria-hidden": "true" }, svgPart("path", { d: ICONS[name], fill: "currentColor" })));
  return svg;
}

// Elements stay where they can, so that a node keeps the keyboard focus from picture to picture.
function patch(element, node) {
  const before = drawn.get(element) || new Map();
  const after = new Map(node.attributes);
  for (const name of before.keys()) if (!after.has(name)) element.removeAttribute(name);
  for (const [name, value] of after) if (before.get(name) !== value) element.setAttribute(name, value);
  drawn.set(element, after);
  if (typeof node.children[0] === "string") {
    if (element.textContent !== node.children[0]) element.textContent = node.children[0];
    return;
  }
  while (element.childNodes.length > node.children.length) element.lastChild.remove();
  node.children.forEach((child, index) => {
    let own = element.childNodes[index];
    if (!own || own.localName !== child.tag) {
      const fresh = document.createElementNS(SVG, child.tag);
      if (own) own.replaceWith(fresh);
      else element.append(fresh);
      own = fresh;
    }
    patch(own, child);
  });
}

function startPlayer(block, data) {
  const bounds = playerBounds(data);
  let layout = null;
  const last = data.steps.length - 1;
  const title = block.querySelector(".ol-title");
  const stills = block.querySelector(".ol-stills");
  const svg = document.createElementNS(SVG, "svg");
  let position = 0;
  let chosen = -1;
  let tabStop = 0;
  let playing = false;
  let state = playerState(data, 0);

  const stage = make("div", { class: "ol-drawing", style: "max-width:" + Math.round(data.width * 1.2) + "px" }, svg);
  const button = (name, label) => make("button", { type: "button", "aria-label": label }, icon(name));
  const buttons = { first: button("first", "First step"), back: button("back", "Step back"), play: button("play", "Play"), forward: button("forward", "Step forward"), last: button("last", "Last step") };
  const seek = make("input", { type: "range", min: 0, max: last, step: 1, value: 0, "aria-label": "Step" });
  const speed = make("select", { "aria-label": "Speed" }, ...Object.keys(STEP_MS).map((name) => make("option", name === "normal" ? { selected: "" } : {}, name)));
  const label = make("span", { class: "ol-step-label" });
  const text = document.createTextNode("");
  const line = make("p", { class: "ol-step-line", "aria-live": "polite", "aria-atomic": "true" }, label, text);
  const report = make("div", { class: "ol-node-state", "aria-live": "polite" });
  const swap = make("button", { type: "button", class: "ol-swap" }, "Still pictures");
  const bar = make("div", { class: "ol-controls" }, ...Object.values(buttons), seek, speed);
  const seed = data.seed === "" ? [] : [make("span", {}, "Seed " + data.seed)];
  const player = make("div", { class: "ol-playing", role: "group", "aria-label": "Step player: " + (title ? title.textContent : "") }, stage, line, bar, report);
  const foot = make("p", { class: "ol-player-foot" }, swap, ...seed);
  for (const [name, value] of [["role", "group"], ["aria-label", "Nodes, links and messages"], ["font-family", getComputedStyle(block).fontFamily], ["font-size", 13]]) svg.setAttribute(name, value);

  const nodes = () => [...svg.lastChild.childNodes];
  const toneOf = (node) => (state.tones[node] < 0 ? "" : data.tones[state.tones[node]].label);

  function draw(at) {
    const children = drawPlayer(data, state, layout, at, chosen, PAINT);
    patch(svg, { attributes: [], children });
    nodes().forEach((element, index) => {
      const wanted = { tabindex: index === tabStop ? 0 : -1, role: "button", "aria-pressed": index === chosen, "aria-label": [data.nodes[index].name, toneOf(index)].filter(Boolean).join(", ") };
      for (const [name, value] of Object.entries(wanted)) if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
    });
  }

  function describe() {
    const step = data.steps[position];
    label.textContent = "Step " + position + " of " + last + (step.time === "" ? "" : " · " + step.time) + ". ";
    text.data = step.text;
    seek.value = position;
    seek.setAttribute("aria-valuetext", label.textContent + step.text);
    for (const name of Object.keys(buttons)) if (name !== "play") buttons[name].setAttribute("aria-disabled", position === (/first|back/.test(name) ? 0 : last));
    describeNode();
  }

  function describeNode() {
    if (chosen < 0) return report.replaceChildren(make("p", {}, "Choose a node to see its state."));
    const now = state.views[chosen];
    const before = position === 0 ? new Map() : playerState(data, position - 1).views[chosen];
    const name = [data.nodes[chosen].name, toneOf(chosen)].filter(Boolean).join(": ");
    const cell = (view, key) => make("td", {}, view.has(key) ? String(view.get(key)) : "–");
    const rows = [...new Set([...before.keys(), ...now.keys()])].map((key) => make("tr", before.get(key) === now.get(key) ? {} : { class: "ol-changed" }, make("th", { scope: "row" }, key), cell(before, key), cell(now, key)));
    const head = make("tr", {}, make("td", {}), make("th", { scope: "col" }, "before this step"), make("th", { scope: "col" }, "after it"));
    if (rows.length === 0) return report.replaceChildren(make("p", {}, name));
    report.replaceChildren(make("table", {}, make("caption", {}, name), make("thead", {}, head), make("tbody", {}, ...rows)));
  }

  function go(to) {
    position = Math.max(0, Math.min(last, to));
    state = playerState(data, position);
    draw(position);
    describe();
  }

  function choose(node) {
    if (node === chosen) return;
    chosen = node;
    if (node >= 0) tabStop = node;
    draw(position);
    describeNode();
  }

  function setPlaying(is) {
    playing = is;
    buttons.play.setAttribute("aria-label", is ? "Pause" : "Play");
    buttons.play.replaceChildren(icon(is ? "pause" : "play"));
    for (const part of [line, report]) part.setAttribute("aria-live", is ? "off" : "polite");
  }

  function pause() {
    setPlaying(false);
    draw(position);
  }

  function play() {
    if (position === last) go(0);
    setPlaying(true);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let then = null;
    let at = position;
    const frame = (now) => {
      if (!playing || !block.isConnected) return;
      if (Math.floor(at) !== position) at = position;
      at = Math.min(last, at + (then === null ? 0 : Math.min(0.5, (now - then) / STEP_MS[speed.value])));
      then = now;
      if (Math.floor(at) !== position) go(Math.floor(at));
      if (position === last) return pause();
      if (!still) draw(at);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  function move(to) {
    if (playing) pause();
    go(to);
  }

  const moves = { first: () => move(0), back: () => move(position - 1), forward: () => move(position + 1), last: () => move(last), play: () => (playing ? pause() : play()) };
  for (const name of Object.keys(buttons)) buttons[name].addEventListener("click", moves[name]);
  seek.addEventListener("input", () => move(Number(seek.value)));
  player.addEventListener("keydown", (event) => {
    if (event.target === speed || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const at = nodes().indexOf(event.target);
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const action = { ArrowLeft: moves.back, ArrowRight: moves.forward, Home: moves.first, End: moves.last }[event.key];
    if (at >= 0 && step) nodes()[(at + step + data.nodes.length) % data.nodes.length].focus();
    else if (at >= 0 && (event.key === "Enter" || event.key === " ")) choose(at);
    else if (event.key === "Escape" && chosen >= 0) choose(-1);
    else if (action) action();
    else if (event.key === " " && event.target.localName !== "button") moves.play();
    else return;
    event.preventDefault();
  });
  // Not on the drawing itself: some browsers give one that listens for the focus a focus of its own.
  stage.addEventListener("focusin", (event) => choose(nodes().findIndex((node) => node.contains(event.target))));
  // The nearest node within a finger's breadth; beside all of them, none.
  svg.addEventListener("click", (event) => {
    const box = svg.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) * layout.width / box.width, (event.clientY - box.top) * layout.height / box.height];
    const far = layout.places.map((place) => Math.hypot(place[0] - x, place[1] - y));
    const near = far.indexOf(Math.min(...far));
    choose(far[near] < layout.radius + 16 ? near : -1);
  });
  swap.addEventListener("click", () => {
    if (playing) pause();
    player.hidden = !player.hidden;
    stills.hidden = !player.hidden;
    swap.textContent = player.hidden ? "Step player" : "Still pictures";
  });
  // Drawn for the width there is, so that writing keeps its size on a phone.
  function fit() {
    const width = Math.max(280, Math.min(data.width, stage.clientWidth || data.width));
    if (layout && Math.abs(layout.width - width) < 1) return;
    layout = playerLayout(data, bounds, width, Math.max(100, data.height * width / data.width));
    for (const [name, value] of [["viewBox", "0 0 " + width + " " + layout.height], ["width", width], ["height", layout.height]]) svg.setAttribute(name, value);
    draw(position);
  }

  stills.before(player);
  fit();
  go(0);
  new ResizeObserver(fit).observe(stage);
  (block.querySelector(".ol-legend") || stills).after(foot);
  stills.hidden = true;
}

window.overlayLabSteps = () => document.querySelectorAll(".ol-steps").forEach((block) => {
  const source = block.querySelector("script.ol-player");
  if (!source || block.dataset.steps) return;
  block.dataset.steps = "on";
  try {
    startPlayer(block, JSON.parse(source.textContent));
  } catch (error) {
    // The still pictures stay.
    console.error(error);
  }
});
})();
`;
