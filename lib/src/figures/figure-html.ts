/** A figure as one piece of HTML that reads well with and without style, with and without script. */
import { SafeHtml, html, jsonForScript } from "../html";
import type { Figure } from "./figure";
import { checkedSvg } from "./svg";
import { tableHtml } from "./table-html";
import { visibleText } from "./text";

/**
 * The static form of a figure: what to look for, the finding, the drawing, caption, data table, and the figure's JSON, which does nothing
 * until a page's live script asks for it.
 *
 * @param svg what the figure renderer drew, or `null` where no browser was found
 * @throws InvariantError when the SVG holds anything that the renderer would not write
 */
export function figureHtml(figure: Figure, svg: string | null): SafeHtml {
  const titleId = `${figure.id}-heading`;
  const drawing =
    svg === null
      ? html`<p class="ol-no-drawing">The drawing appears when live plots are on; the data stands below.</p>`
      : html`<div class="ol-drawing" style="max-width:${Math.round(figure.width * 1.2)}px">${checkedSvg(svg, figure.id)}</div>`;
  const { data, layout } = figure.plotly;
  return html`<figure class="ol-figure" id="${figure.id}" aria-labelledby="${titleId}"><p class="ol-look-for">${figure.lookFor}</p><p class="ol-title" id="${titleId}"><strong>${figure.title}</strong></p>${drawing}<figcaption>${figure.caption}</figcaption><details class="ol-data"><summary>Data</summary>${tableHtml(figure.table, { maxRows: 40, caption: `Data of the figure “${figure.title}”` })}</details><script type="application/json" class="ol-plotly">${jsonForScript({ data: sevenDigits(data), layout, alt: visibleText(figure.alt) })}</script></figure>`;
}

/**
 * Numbers as a plot needs them: a screen shows no more than seven significant digits, and seventeen would double the page. Whole numbers stay, and the exported data keeps all digits.
 */
function sevenDigits(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) && !Number.isInteger(value) ? Number(value.toPrecision(7)) : value;
  if (Array.isArray(value)) return value.map(sevenDigits);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sevenDigits(item)]));
}
