import assert from "node:assert/strict";
import { test } from "node:test";
import { PageIds, sanitizeOutput } from "overlay-lab/dist/workbook/handouts/sanitize";

const clean = (markup: string, ids = new PageIds()): string => sanitizeOutput(markup, ids).toString();

test("A figure keeps its drawing, its caption, its data table and its inert JSON", () => {
  const figure = '<figure class="ol-figure" id="f" role="group" aria-labelledby="f-t"><p id="f-t">T</p><svg viewBox="0 0 9 9" role="img" aria-label="A line"><path d="M0 0L9 9" fill="none" style="stroke: rgb(0, 114, 178); stroke-width: 2px"></path></svg><figcaption>C</figcaption><details class="ol-data"><summary>Data</summary><div class="ol-table" role="region" aria-label="D" tabindex="0"><table><caption>D</caption><thead><tr><th scope="col">x</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table></div></details><script type="application/json" class="ol-plotly">{"data":[]}</script></figure>';
  assert.equal(clean(figure), figure.replace(' role="group"', ""), "all but the role, which HTML does not allow on a captioned figure");
});

test("Scripts, handlers, frames, style sheets and loading elements are left out", () => {
  const hostile = '<div onclick="x()">a<script>x()</script><style>p{}</style><iframe src="x"></iframe><object data="x"></object><img src="https://e.example/x.png" alt="pixel"><form><input></form></div>';
  assert.equal(clean(hostile), "<div>apixel</div>");
});

test("Links lead to the web or to the same page, and nowhere else", () => {
  assert.equal(clean('<a href="javascript:x()">a</a><a href=" jav\tascript:x()">b</a><a href="data:text/html,x">c</a>'), "<a>a</a><a>b</a><a>c</a>");
  assert.equal(clean('<a href="https://e.example/?a=1&amp;b=2">a</a>'), '<a href="https://e.example/?a=1&amp;b=2">a</a>');
});

test("SVG keeps what draws and loses what loads, links, animates or embeds HTML", () => {
  const hostile = '<svg><a href="javascript:x()"><text>kept</text></a><set attributeName="href" to="x"></set><foreignObject><p>no</p></foreignObject><image href="https://e.example/x.png"></image><use href="https://e.example/x.svg#y"></use><rect fill="url(https://e.example/p)" onload="x()" style="fill: url(//e.example/q); stroke: red"></rect></svg>';
  assert.equal(clean(hostile), '<svg><text>kept</text><rect style="stroke: red"></rect></svg>');
});

test("Text that would become markup when it is read again stays text", () => {
  for (const hostile of [
    "<svg><title><style><img src=x onerror=x()></style></title></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=x()>",
    "<noscript><p title=\"</noscript><img src=x onerror=x()>\">",
    "<svg></p><style><a id=\"</style><img src=1 onerror=x()>\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=x()>",
    "<textarea></textarea><img src=x onerror=x()></textarea>",
    "<!--><img src=x onerror=x()>-->",
    "<p title='&lt;img src=x onerror=x()&gt;'>",
  ]) {
    const once = clean(hostile);
    assert.doesNotMatch(once.replace(/"[^"]*"/g, '""'), /<[^>]*\sonerror/i, hostile);
    assert.equal(clean(once), once, `reading it again changes nothing: ${hostile}`);
  }
});

test("Only inert JSON of a figure is kept, and it cannot end its element", () => {
  assert.equal(clean('<script type="application/json" class="ol-plotly">{"t":"<\\/script><script>x()"}</script>'), '<script type="application/json" class="ol-plotly">{"t":"\\u003c/script>\\u003cscript>x()"}</script>');
  assert.equal(clean('<script type="application/json" class="ol-plotly">x()</script><script type="module" class="ol-plotly">{}</script>'), "");
});

test("Two outputs with the same ids get different ones, and references follow", () => {
  const ids = new PageIds();
  const drawing = '<svg aria-labelledby="t"><title id="t">T</title><defs><clipPath id="c"><rect width="1"></rect></clipPath></defs><path clip-path="url(#c)"></path></svg>';
  clean(drawing, ids);
  const second = clean(drawing, ids);
  assert.match(second, /aria-labelledby="t-2"><title id="t-2">/);
  assert.match(second, /<clipPath id="c-2">.*clip-path="url\(#c-2\)"/);
});

test("A table outside a scrolling region gets one that takes the keyboard focus", () => {
  assert.match(clean("<table><tbody><tr><td>1</td></tr></tbody></table>"), /^<div class="ol-table" role="group" aria-label="Table" tabindex="0"><table>/);
});

test("Styles may paint but not place, load or escape", () => {
  assert.equal(clean('<p style="position: fixed; color: red; background: url(//e.example/x); font-family: &quot;a;b&quot;; fill: \\75rl(x)">a</p>'), '<p style="color: red">a</p>');
});

test("Endless nesting ends instead of exhausting the stack", () => {
  const deep = clean("<div>".repeat(50_000) + "x");
  assert.equal(deep.match(/<div>/g)?.length, deep.match(/<\/div>/g)?.length);
  assert.ok(deep.length < 5_000);
});
