import assert from "node:assert/strict";
import { test } from "node:test";
import { HandoutError } from "overlay-lab/dist/workbook/handouts";
import { fontUse } from "overlay-lab/dist/workbook/handouts/font-use";
import { parseMarkdown, plainText } from "overlay-lab/dist/workbook/handouts/markdown";
import { renderMath } from "overlay-lab/dist/workbook/handouts/math";
import { markdownCell, notebookWith, pageOf } from "./support";

const mainOf = (page: string): string => /<main id="content">([^]*)<\/main>/.exec(page)?.[1] ?? "";
const rendered = async (source: string): Promise<string> => mainOf(await pageOf(notebookWith(markdownCell(source))));

test("Formulas become MathML without fonts, scripts or TeX left over", async () => {
  const main = await rendered("The bound $\\frac{F}{u_s}$ and\n\n$$D \\ge \\sum_{i=1}^N u_i$$");
  assert.match(main, /<math[^>]*>.*<mfrac><mi>F<\/mi><msub><mi>u<\/mi><mi>s<\/mi><\/msub><\/mfrac>/);
  assert.match(main, /<math[^>]*display="block"/);
  assert.doesNotMatch(main, /\\frac|annotation/);
});

test("A broken formula fails with the notebook, the cell and the formula", async () => {
  await assert.rejects(rendered("An open $\\frac{a$ brace"), (error: unknown) => {
    assert.ok(error instanceof HandoutError);
    assert.match(error.message, /cannot typeset the formula.*\\\\frac\{a.*file-distribution\.ipynb, cell 2/s);
    return true;
  });
});

test("Dollar amounts and escaped dollars are not formulas", async () => {
  const main = await rendered("It costs $5 or $6, or \\$7, or $ 8 $.");
  assert.doesNotMatch(main, /<math/);
  assert.match(main, /It costs \$5 or \$6, or \$7, or \$ 8 \$\./);
});

test("Styled letters become the Unicode letters that browsers draw", () => {
  assert.match(renderMath("\\mathbb{R}\\mathcal{N}\\mathbf{x}", false).toString(), />ℝ<.*>𝒩<.*>𝐱</);
});

test("Punctuation after a formula stays on its line", async () => {
  assert.match(await rendered("by $u/4$. Then"), /<span class="nowrap"><math.*<\/math>\.<\/span> Then/);
});

test("A formula in a heading is what the eye sees of it in the contents; a root brings its sign into the page's font", () => {
  const inline = parseMarkdown("## Nobody above $1 + \\varepsilon$")[1];
  assert.equal(plainText(inline), "Nobody above 1+ε");
  assert.ok(fontUse("<p><math><msqrt><mi>k</mi></msqrt></math></p>").math.has("√"));
  assert.ok(!fontUse("<p><math><mi>k</mi></math></p>").math.has("√"));
});

test("HTML in markdown is text", async () => {
  const main = await rendered("A <b onclick='x()'>bold</b> <script>x()</script> word");
  assert.match(main, /&lt;script&gt;/);
  assert.doesNotMatch(main, /<script|<b /);
});

test("Hangul carries its language", async () => {
  assert.match(await rendered("the 자기 확장성 of P2P"), /the <span lang="ko">자기 확장성<\/span> of P2P/);
});

test("Heading levels never skip one, and there is one first-level heading", async () => {
  const main = await rendered("# Another title\n\n#### Deep\n\n## Next\n\n## Next");
  assert.deepEqual([...main.matchAll(/<h(\d) id="([^"]+)"/g)].map((match) => [match[1], match[2]]), [["2", "another-title"], ["3", "deep"], ["2", "next"], ["2", "next-2"]]);
  assert.equal(main.match(/<h1/g)?.length, 1);
});

test("A picture must be described, must lie inside the workbook, and is never fetched", async () => {
  await assert.rejects(rendered("![](x.png)"), /no description/);
  await assert.rejects(rendered("![a map](https://e.example/map.png)"), /pages fetch nothing/);
  await assert.rejects(rendered("![a map](../../../../../../etc/passwd.png)"), /cannot carry the picture/);
});

test("Program text in markdown is coloured by classes and escaped", async () => {
  const main = await rendered('```ts\nconst a = "<b>"; // note\n```');
  assert.match(main, /<span class="t-key">const<\/span> a = <span class="t-str">&quot;&lt;b&gt;&quot;<\/span>; <span class="t-com">\/\/ note<\/span>/);
});
