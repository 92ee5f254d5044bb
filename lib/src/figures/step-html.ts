/** A step player as one piece of HTML: still pictures, legend, caption, table of steps, and its data, which does nothing until a page's script asks for it. */
import { SafeHtml, html, jsonForScript } from "../html";
import { isWide, playerLegend, stepLabel, stillSize, stillSvg } from "./player-stills";
import type { StepFigure } from "./step-player";
import { checkedSvg } from "./svg";
import { tableHtml } from "./table-html";

/** The static form of a step player. */
export function stepHtml(figure: StepFigure): SafeHtml {
  const { id, player, shown } = figure;
  const size = stillSize(player, shown.length);
  const stills = shown.map((position, index) => {
    const { text } = player.steps[position];
    const label = stepLabel(player, position);
    const svg = stillSvg(player, position, shown.length, `${id}-still${index}`, `${label}: ${figure.title}`, shown.length === 1 ? figure.alt : text);
    return html`<div class="ol-still" style="max-width:${size.width === player.width ? Math.round(size.width * 1.2) : size.width}px">${checkedSvg(svg, id)}<p class="ol-still-text"><span class="ol-step-label">${label}.</span> ${text}</p></div>`;
  });
  const legend = playerLegend(player).map(({ svg, label }) => html`<li>${checkedSvg(svg, id)} ${label}</li>`);
  const titleId = `${id}-heading`;
  return html`<figure class="ol-figure ol-steps" id="${id}" aria-labelledby="${titleId}"><p class="ol-look-for">${figure.lookFor}</p><p class="ol-title" id="${titleId}"><strong>${figure.title}</strong></p><div class="ol-drawing ol-stills${isWide(player) ? " ol-wide" : ""}">${stills}</div>${legend.length === 0 ? null : html`<ul class="ol-drawing ol-legend">${legend}</ul>`}<figcaption>${figure.caption}</figcaption><details class="ol-data"><summary>All steps</summary>${tableHtml(figure.table, { maxRows: 60, caption: `Steps of “${figure.title}”`, allRowsIn: "the player" })}</details><script type="application/json" class="ol-player">${jsonForScript(player)}</script></figure>`;
}
