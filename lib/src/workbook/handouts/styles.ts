/**
 * The look of a page: a quiet book page. One column of about 68 letters, figures up to its width or a little more, one accent colour;
 * dark, phone and paper are the same page with other measures.
 */
import { FIGURE_CSS } from "../../figures/figure-css";
import { TEXT_FAMILIES } from "./fonts";
import { LECTURE_STYLE, PRINT_STYLE } from "./styles-media";

const LIGHT = "--paper:#fffefc;--ink:#242424;--quiet:#595751;--rule:#dfdbd3;--accent:#00598a;--tint:#f6f3ed;--good:#00694d;--bad:#a3380a;--string:#4d5b1f;color-scheme:light";
const DARK = "--paper:#191918;--ink:#e4e2dd;--quiet:#aaa79f;--rule:#3a3936;--accent:#82bfe6;--tint:#222120;--good:#5cc9a3;--bad:#f0936b;--string:#b9c486;color-scheme:dark";

const BASE = `
:root{${LIGHT}}
@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){${DARK}}}
@media screen{:root[data-theme=dark]{${DARK}}}
*{box-sizing:border-box}
html{font-size:clamp(17px,15.6px + .32vw,20px);-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font-family:${TEXT_FAMILIES},Georgia,"Noto Serif KR",serif;line-height:1.58;font-variant-numeric:lining-nums;font-kerning:normal;font-synthesis-weight:none;overflow-wrap:break-word}
main,footer,.masthead{width:min(34rem,100% - 2.5rem);margin-inline:auto}
main{position:relative}
p,ul,ol,dl{margin:0 0 .95rem}
p{text-wrap:pretty}
a{color:var(--accent);text-decoration-thickness:.06em;text-underline-offset:.18em}
a:hover{text-decoration-thickness:.12em}
:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:2px}
h1,h2,h3,h4{font-weight:600;line-height:1.22;text-wrap:balance;margin:0}
h1{font-size:2.35rem;font-weight:400;letter-spacing:-.012em;line-height:1.12}
h2{font-size:1.42rem;margin:3.1rem 0 .8rem;letter-spacing:-.004em}
h3{font-size:1.1rem;margin:2rem 0 .5rem}
h4{font-size:1rem;margin:1.6rem 0 .4rem}
ul,ol{padding-left:1.35rem}
li{margin:.2rem 0}
li::marker{color:var(--quiet)}
strong,b{font-weight:600}
blockquote{margin:1.2rem 0;padding-left:1.1rem;border-left:1px solid var(--rule);font-style:italic;color:var(--quiet)}
hr{border:0;border-top:1px solid var(--rule);margin:2.4rem auto;width:6rem}
img{max-width:100%;height:auto}
sup,sub{line-height:0}
code,pre,kbd,samp{font-family:ui-monospace,"Cascadia Code",Menlo,Consolas,"DejaVu Sans Mono",${TEXT_FAMILIES},monospace;font-size:.82em;font-variant-ligatures:none}
p code,li code,dd code{padding:.06em .28em;background:var(--tint);border-radius:3px;overflow-wrap:anywhere}
math{font-family:"STIX Two Math",${TEXT_FAMILIES},math;font-size:1.06em;font-style:normal;font-weight:400}
mtext{font-family:${TEXT_FAMILIES},serif}
.nowrap{white-space:nowrap}
mtable[columnalign^=right]>mtr>mtd:nth-child(odd){text-align:right}
mtable[columnalign^="right left"]>mtr>mtd:nth-child(even),mtable[columnalign=left]>mtr>mtd{text-align:left}
.display{display:block;overflow-x:auto;overflow-y:hidden;margin:1.25rem 0;padding:.15rem 0}
p>.display:only-child{margin:.3rem 0}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:.6rem;background:var(--paper);padding:.3rem .6rem;z-index:1}
.label,.section-name,.code-name,.solution-name,.facts dt{color:var(--quiet);font-size:.84rem;font-style:normal;letter-spacing:.01em;margin:0}
`;

const FRAME = `
.masthead{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;align-items:baseline;padding:1.15rem 0 .7rem;font-size:.84rem;color:var(--quiet)}
.masthead nav{margin-left:auto;display:flex;gap:1.1rem;align-items:baseline}
.masthead a{color:var(--quiet);text-decoration:none;padding:.25rem 0}
.masthead a:hover{color:var(--accent);text-decoration:underline}
.masthead .home{color:var(--ink);font-weight:600}
.masthead .edition{font-style:italic}
.masthead button{font:inherit;color:inherit;background:none;border:0;padding:.25rem 0;cursor:pointer;min-width:2.6rem;text-align:right}
.masthead button:hover{color:var(--accent)}
.opening{padding-top:clamp(1.6rem,5vw,3.6rem)}
.opening .section-name{color:var(--accent);font-size:.95rem;margin-bottom:.5rem}
.question{font-size:1.2rem;line-height:1.5;font-style:italic;color:var(--quiet);margin:1.15rem 0 1.6rem}
.question em{font-style:normal}
.question p:last-child{margin-bottom:0}
.facts{border-top:1px solid var(--rule);border-bottom:1px solid var(--rule);padding:.85rem 0;margin:0 0 2.2rem;font-size:.94rem;display:grid;gap:.4rem}
.facts>div{display:grid;grid-template-columns:9rem 1fr;align-items:baseline}
.facts dd{margin:0}
.facts ul{margin:0;padding:0;list-style:none}
.facts li{margin:0 0 .3rem;line-height:1.4}
.contents{font-size:.88rem;line-height:1.4;margin-bottom:2.2rem}
.contents ol{list-style:none;padding:0;margin:.35rem 0 0}
.contents li{margin:.34rem 0}
.contents a{color:var(--quiet);text-decoration:none}
.contents a:hover{color:var(--accent);text-decoration:underline}
@media screen and (min-width:75rem){
 .rail{position:absolute;top:0;bottom:0;right:calc(100% + 3.2rem);width:11rem}
 .contents{position:sticky;top:2rem;padding-top:4.2rem;max-height:100vh;overflow-y:auto}
}
footer{margin-top:4.5rem;padding:1rem 0 3rem;border-top:1px solid var(--rule);font-size:.8rem;line-height:1.5;color:var(--quiet)}
footer p{margin:0 0 .3rem;text-wrap:wrap;overflow-wrap:anywhere}
`;

const PARTS = `
.scroll{overflow-x:auto;max-width:100%}
.ol-table,.display{--shade:rgba(0,0,0,.3);background:linear-gradient(to right,var(--paper) 45%,transparent) 0 0/2.4rem 100% no-repeat local,linear-gradient(to left,var(--paper) 45%,transparent) 100% 0/2.4rem 100% no-repeat local,linear-gradient(to right,var(--shade),transparent) 0 0/.8rem 100% no-repeat scroll,linear-gradient(to left,var(--shade),transparent) 100% 0/.8rem 100% no-repeat scroll}
@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]) :is(.ol-table,.display){--shade:rgba(255,255,255,.34)}}
@media screen{:root[data-theme=dark] :is(.ol-table,.display){--shade:rgba(255,255,255,.34)}}
.code-text pre,.printed pre{margin:0;line-height:1.5;tab-size:2;white-space:pre-wrap;overflow-wrap:anywhere}
.code-text{background:var(--tint);border-radius:4px;padding:.75rem .95rem;margin:.3rem 0 .95rem}
.printed{margin:0 0 1.1rem;padding:.1rem 0 .1rem .95rem;border-left:2px solid var(--rule)}
.printed pre{font-size:.78em}
.t-key{color:var(--accent)}.t-str{color:var(--string)}.t-com{color:var(--quiet);font-style:italic}
details>summary{cursor:pointer;color:var(--quiet);font-size:.84rem;width:fit-content;padding:.1rem 0;list-style-position:outside}
details>summary:hover{color:var(--accent)}
details.code{margin:-.35rem 0 1.3rem}
.ol-figure+details.code{margin-top:-2rem}
.claim+details.code{margin-top:.5rem}
summary::marker{font-size:.8em}
.lines{margin-left:.3em}
.open-code{margin:1.2rem 0}
.claim{display:grid;grid-template-columns:1.15rem 1fr;gap:.55rem;margin:.55rem 0}
.claim p{margin:0;text-wrap:wrap}
.claim+.claim{margin-top:.75rem}
.mark{width:.92rem;height:.92rem;margin-top:.36rem;color:var(--good);flex:none}
.mark.fails{color:var(--bad)}
.claim-text{display:block;line-height:1.45}
.claim-values{display:block;font-size:.84rem;color:var(--quiet);font-variant-numeric:tabular-nums lining-nums}
.pair{margin-right:.95em;display:inline-block}
.pair .name{font-style:italic}
.interval{white-space:nowrap}
.exercise{border-top:1px solid var(--rule);margin-top:3.4rem}
.exercise h2{margin-top:1.5rem}
.solution{border-left:2px solid var(--accent);padding-left:1.1rem;margin:1.5rem 0}
.solution summary{list-style-position:inside}
.solution-name{color:var(--accent);margin-bottom:.4rem}
dl.glossary{margin:0;border-top:1px solid var(--rule)}
dl.glossary>div{display:grid;grid-template-columns:11rem 1fr;gap:0 1.2rem;padding:.55rem 0;border-bottom:1px solid var(--rule)}
dl.glossary dt{font-weight:600;line-height:1.4}
dl.glossary dd{margin:0;line-height:1.45}
.korean{font-weight:400;color:var(--quiet);white-space:nowrap}
dt .korean{display:block}
:lang(ko){word-break:keep-all}
.ol-table{margin:1rem 0 1.2rem}
.ol-table caption,.ol-table td,.ol-table th{font-size:.9rem}
.ol-figure .ol-table caption,.ol-figure .ol-table td,.ol-figure .ol-table th{font-size:inherit}
.ol-heading{font-weight:600}
.ol-experiment{color:var(--quiet);font-size:.84rem;margin:.3rem 0 .9rem}
.ol-answer{margin:.6rem 0;padding:.35rem .8rem;background:var(--tint);border-radius:4px}
.proof{margin:0 0 2.4rem}
.handouts{list-style:none;padding:0;margin:0;border-top:1px solid var(--rule)}
.handouts>li{padding:1.5rem 0 1.3rem;border-bottom:1px solid var(--rule);margin:0}
.handouts h2{margin:.15rem 0 .4rem}
.handouts h2 a{color:var(--ink);text-decoration:none}
.handouts h2 a:hover{color:var(--accent);text-decoration:underline}
.asks{font-style:italic;color:var(--quiet);margin-bottom:.5rem}
.entry-facts{font-size:.84rem;color:var(--quiet);margin:0}
.claims main,.claims footer,.claims .masthead{width:min(50rem,100% - 2.5rem)}
.claims .question{max-width:33rem}
.claims h2{font-size:1.15rem;margin-top:2.4rem}
.claims h2 a{color:inherit;text-decoration:none}
.claims h2 a:hover{text-decoration:underline}
.claims-table table{width:100%}
.claims-table tbody th{min-width:13rem;position:relative}
.claims-table tbody th:first-child{padding-left:1.6rem}
.claims-table .mark{position:absolute;left:0;margin-top:.22rem}
.claims-table small{display:block;color:var(--quiet);font-size:.92em}
.claims-table td{max-width:11rem;overflow-wrap:break-word}
.claims-table tr.fails th{color:var(--bad)}
.claims-table tbody tr+tr>*{border-top:1px solid var(--rule)}
.claims-table tbody td,.claims-table tbody th{padding-top:.45rem;padding-bottom:.45rem}
@media (max-width:36rem){
 h1{font-size:1.95rem}
 .facts>div,dl.glossary>div{grid-template-columns:1fr}
 dt .korean{display:inline;margin-left:.35em}
 .code-text{margin-inline:-.6rem;padding-inline:.6rem;max-width:none}
}
`;

/** The style sheet of every page, without the fonts. */
export const PAGE_STYLE = [FIGURE_CSS, BASE, FRAME, PARTS, PRINT_STYLE, LECTURE_STYLE].join("\n").replace(/\n\s*/g, "\n").trim();
