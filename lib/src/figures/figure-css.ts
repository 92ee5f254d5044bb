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

/** The part for step players, which a live notebook needs too: without it the pictures stand below each other and the buttons are bare. */
export const PLAYER_CSS = `
.ol-figure .ol-stills{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr));gap:1.1rem 1.4rem;align-items:start}
.ol-figure .ol-stills.ol-wide{grid-template-columns:1fr}
.ol-figure .ol-stills[hidden]{display:none}
.ol-figure .ol-still-text{font-size:.84em;line-height:1.4;margin-top:.3rem}
.ol-step-label{color:var(--ol-quiet)}
.ol-figure .ol-legend{display:flex;flex-wrap:wrap;gap:.15rem 1.2rem;list-style:none;padding:0;margin:.7rem 0 0;font-size:.84em;color:var(--ol-quiet)}
.ol-figure .ol-legend li{display:flex;align-items:center;gap:.4rem;margin:0}
.ol-figure .ol-legend svg{width:auto;flex:none}
.ol-figure .ol-drawing svg [role=button]{cursor:pointer}
.ol-figure .ol-drawing svg [aria-pressed=true]{outline:none}
.ol-figure .ol-step-line{min-height:2.9em;margin:.5rem 0;font-size:.94em;line-height:1.45}
.ol-controls{display:flex;flex-wrap:wrap;align-items:center;gap:.35rem}
.ol-controls button,.ol-controls select,.ol-player-foot button{font:inherit;font-size:.88em;color:inherit;background:none;border:1px solid var(--ol-rule,currentColor);border-radius:4px;min-height:2.2rem;min-width:2.4rem;cursor:pointer;display:inline-flex;align-items:center;justify-content:center}
.ol-controls select{padding:0 .4rem;background:var(--paper,Canvas)}
.ol-controls button:hover,.ol-player-foot button:hover{border-color:currentColor}
.ol-controls [aria-disabled=true] svg{opacity:.4}
.ol-controls input{flex:1 1 8rem;min-width:7rem;height:2.2rem;accent-color:var(--accent,#00598a)}
.ol-node-state{margin-top:.6rem;font-size:.88em;color:var(--ol-quiet)}
.ol-node-state table{border-collapse:collapse;color:var(--ol-ink);font-variant-numeric:tabular-nums lining-nums}
.ol-node-state caption{text-align:left;padding-bottom:.2rem}
.ol-node-state :is(th,td){text-align:left;font-weight:400;padding:.12rem 1.4rem .12rem 0;vertical-align:top;overflow-wrap:anywhere}
.ol-node-state th{color:var(--ol-quiet)}
.ol-node-state .ol-changed td:last-child{text-decoration:underline;text-underline-offset:.2em}
.ol-figure .ol-player-foot{display:flex;flex-wrap:wrap;gap:.3rem 1rem;align-items:center;margin-top:.6rem;font-size:.9em;color:var(--ol-quiet)}
.ol-player-foot button{padding:0 .8em}
`.trim();

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
${PLAYER_CSS}
.ol-table{overflow-x:auto;max-width:100%}
.ol-table table{border-collapse:collapse;font-variant-numeric:tabular-nums lining-nums;line-height:1.35;border-top:1px solid var(--ol-ink);border-bottom:1px solid var(--ol-ink);margin:.5rem 0}
.ol-table caption{text-align:left;color:var(--ol-quiet);padding-bottom:.3rem}
.ol-table th,.ol-table td{padding:.18rem .8rem;text-align:left;font-weight:400;vertical-align:top}
.ol-table th:first-child,.ol-table td:first-child{padding-left:0}
.ol-table thead th{border-bottom:1px solid var(--ol-rule);color:var(--ol-quiet);vertical-align:bottom}
.ol-table .ol-number{text-align:right}
.ol-cut{color:var(--ol-quiet);font-size:.9em}
@media (max-width:480px){.ol-figure .ol-drawing:not(.ol-legend){margin:0 -.5rem}}
@media screen and (prefers-color-scheme:dark){${darkRules(":root:not([data-theme=light])")}}
@media screen{${darkRules(":root[data-theme=dark]")}}
@media print{.ol-playing,.ol-figure .ol-player-foot{display:none}.ol-figure .ol-stills,.ol-figure .ol-stills[hidden]{display:grid;max-width:none!important}.ol-figure .ol-stills:not(.ol-wide){grid-template-columns:repeat(auto-fit,minmax(44mm,1fr))}.ol-figure .ol-drawing:not(.ol-stills),.ol-still{break-inside:avoid}.ol-figure .ol-tools,.ol-figure .ol-data:not([open]){display:none}}
`.trim();
