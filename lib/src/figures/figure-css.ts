/** Style of figures and tables for pages of ours; without it a figure still reads well. */
import { FIGURE_FONT, INK, colourPairs } from "./theme";

function unique(rules: readonly string[]): string {
  return [...new Set(rules)].join("");
}

/** Rules that replace each light colour by its dark counterpart, within a page or part of it. */
function darkRules(scope: string): string {
  const recolour = unique(colourPairs().map(({ light, dark }) => `${scope} .ol-drawing [fill="${light}"]{fill:${dark}}${scope} .ol-drawing [stroke="${light}"]{stroke:${dark}}`));
  return `${scope} .ol-figure,${scope} .ol-table{--ol-ink:${INK.text.dark};--ol-quiet:${INK.quiet.dark};--ol-rule:${INK.grid.dark}}${recolour}`;
}

const LIGHT = `--ol-ink:${INK.text.light};--ol-quiet:${INK.quiet.light};--ol-rule:${INK.grid.light}`;

/**
 * The style sheet. Dark colours follow the reader's system unless the page sets `data-theme` on its root element ("dark" or "light");
 * paper is always light.
 */
export const FIGURE_CSS = `
.ol-figure,.ol-table{${LIGHT}}
.ol-figure{margin:2.2rem 0;color:var(--ol-ink);font-family:${FIGURE_FONT}}
.ol-figure p{margin:0}
.ol-figure .ol-look-for{color:var(--ol-quiet);font-style:italic;margin-bottom:.35rem}
.ol-figure .ol-title{font-size:1.08em;line-height:1.3;margin-bottom:.5rem;text-wrap:balance}
.ol-figure .ol-title strong{font-weight:600}
.ol-figure .ol-drawing{margin:0}
.ol-figure .ol-drawing svg{display:block;width:100%;height:auto;overflow:visible}
.ol-figure figcaption{color:var(--ol-quiet);font-size:.9em;line-height:1.45;margin-top:.5rem}
.ol-figure .ol-tools{margin-top:.5rem;display:flex;gap:.8rem;align-items:baseline}
.ol-figure .ol-tools button{font:inherit;font-size:.9em;color:inherit;background:none;border:1px solid currentColor;border-radius:3px;padding:.15em .8em;min-height:28px;cursor:pointer}
.ol-figure .ol-tools [role=status]{font-size:.9em;color:var(--ol-quiet)}
.ol-figure .ol-data{margin-top:.5rem;font-size:.9em}
.ol-figure .ol-data summary{cursor:pointer;color:var(--ol-quiet)}
.ol-figure .ol-no-drawing{border:1px solid var(--ol-rule);padding:1rem;color:var(--ol-quiet)}
.ol-table{overflow-x:auto;max-width:100%}
.ol-table table{border-collapse:collapse;font-variant-numeric:tabular-nums lining-nums;line-height:1.35;border-top:1px solid var(--ol-ink);border-bottom:1px solid var(--ol-ink);margin:.5rem 0}
.ol-table caption{text-align:left;color:var(--ol-quiet);padding-bottom:.3rem}
.ol-table th,.ol-table td{padding:.18rem .8rem;text-align:left;font-weight:400;vertical-align:top}
.ol-table th:first-child,.ol-table td:first-child{padding-left:0}
.ol-table thead th{border-bottom:1px solid var(--ol-rule);color:var(--ol-quiet);vertical-align:bottom}
.ol-table .ol-number{text-align:right}
.ol-cut{color:var(--ol-quiet);font-size:.9em}
@media (max-width:480px){.ol-figure .ol-drawing{margin:0 -.5rem}}
@media screen and (prefers-color-scheme:dark){${darkRules(":root:not([data-theme=light])")}}
@media screen{${darkRules(":root[data-theme=dark]")}}
@media print{.ol-figure{break-inside:avoid}.ol-figure .ol-tools,.ol-figure .ol-data:not([open]){display:none}}
`.trim();
