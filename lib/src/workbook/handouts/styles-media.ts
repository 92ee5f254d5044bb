/** Two more settings of the same page: projected in a lecture, and printed. */

/** One idea per screen: larger type, wider figures, each section begins a screen of its own. */
export const LECTURE_STYLE = `
@media screen{
:root[data-variant=lecture]{font-size:clamp(20px,10px + 1.45vw,46px)}
:root[data-variant=lecture] :is(main,footer,.masthead){width:min(44rem,100% - 3rem)}
:root[data-variant=lecture] main :is(p,ul,ol,.claim,.facts,dl){max-width:37rem}
:root[data-variant=lecture] main>section:not([aria-labelledby]){min-height:0;padding-top:0}
:root[data-variant=lecture] :is(.claim-values,.ol-experiment,details>summary,.ol-figure figcaption){font-size:.8rem}
:root[data-variant=lecture] .claim-text{font-size:1.06rem}
:root[data-variant=lecture] main>:is(section,.opening){min-height:100vh;padding-top:1.2rem;border:0}
:root[data-variant=lecture] .rail{position:static;width:auto}
:root[data-variant=lecture] .contents{position:static;padding:0}
:root[data-variant=lecture] h2{margin-top:1rem}
:root[data-variant=lecture] .ol-drawing{max-width:none!important;margin-inline:auto;width:min(100%,125vh)}
}
@page screen{size:A4 landscape;margin:14mm 30mm 18mm}
@media print{
:root[data-variant=lecture] :is(main,footer){page:screen}
:root[data-variant=lecture] main>section:not(:first-of-type){break-before:page}
:root[data-variant=lecture] .ol-drawing{max-width:133mm!important}
:root[data-variant=lecture] .ol-drawing svg{max-height:86mm}
}
`;

/** A4. Folded code and data stay folded, so a page shows what was found; open a fold before printing to have it on paper. */
export const PRINT_STYLE = `
@page{size:A4;margin:20mm 28mm 23mm;@bottom-center{content:counter(page);font:9.5pt "Source Serif 4",serif;color:#595751}}
@media print{
:root{--paper:#fff}
:root{font-size:10.8pt}
:root[data-variant=lecture]{font-size:14pt}
body{line-height:1.46}
main,footer,.claims main,.claims footer{width:auto}
.masthead,.skip,.rail,.display:empty,details:not([open]),.proof a::after{display:none}
.opening{padding-top:0}
h1{font-size:2.1rem}
h2{margin-top:1.7rem}
dl.glossary>div{padding:.35rem 0}
.exercise{margin-top:1.6rem}
.facts,.question,.open-code{margin-bottom:1.1rem}
h1,h2,h3,h4,.code-name,.label{break-after:avoid}
p,li,dd{orphans:3;widows:3}
.claim,.display,.ol-drawing,dl.glossary>div,.handouts>li,tr,.facts,.question{break-inside:avoid}
.ol-figure{margin:1.1rem 0}
.ol-figure :is(.ol-look-for,.ol-title){break-after:avoid}
.ol-figure figcaption{orphans:3;widows:3}
.ol-stills{break-inside:auto}
.ol-stills.ol-wide .ol-still{max-width:112mm!important}
.ol-drawing{max-width:90mm!important}
.ol-drawing svg{max-height:76mm}
.ol-table :is(caption,thead,tbody tr:first-child){break-after:avoid}
.ol-table tbody tr:nth-last-child(-n+2){break-before:avoid}
.scroll,.ol-table,.display{overflow:visible;background:none}
.code-text{background:none;border:1px solid #dfdbd3;break-inside:avoid}
pre{white-space:pre-wrap;overflow-wrap:anywhere}
a{color:inherit;text-decoration:none}
.claims-table table{min-width:0}
.claims-table tbody th{min-width:0}
footer{margin-top:1.5rem;padding-bottom:0;break-inside:avoid}
}
`;
