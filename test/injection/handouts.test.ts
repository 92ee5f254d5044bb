/** Hostile strings through every path into a page: nothing runs, nothing is fetched, no handler appears. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Page, Request } from "playwright-core";
import type { ClaimRecord } from "overlay-lab/dist/notebook/claim-record";
import { stepHtml } from "overlay-lab/dist/figures";
import { renderHandouts } from "overlay-lab/dist/workbook/handouts";
import type { LabBrowser } from "overlay-lab/dist/workbook/browser";
import { textEverywhere } from "../figures/step-samples";
import { liveScript } from "overlay-lab/dist/workbook/plotly-asset";
import { NO_BROWSER, browserOrNull, display, fileOf, markdownCell, notebookWith, runOf, type Cell, type Notebook } from "../handouts/support";

const HOSTILE = [
  "<script>window.pwned=1</script>",
  "</script><script>window.pwned=1</script>",
  "</style><img src=x onerror=window.pwned=1>",
  "<img src=x onerror=\"window.pwned=1\">",
  "\"><svg onload=window.pwned=1>",
  "' onmouseover='window.pwned=1' x='",
  "<svg><animate onbegin=window.pwned=1 attributeName=x dur=1s></svg>",
  "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
  "<a href=\"javascript:window.pwned=1\">x</a>",
  "[x](javascript:window.pwned=1)",
  "[x](data:text/html,<script>window.pwned=1</script>)",
  "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=window.pwned=1&gt;\">",
  "<svg></p><style><a id=\"</style><img src=1 onerror=window.pwned=1>\">",
  "<meta http-equiv=refresh content=\"0;url=https://e.example/\">",
  "<base href=\"https://e.example/\"><link rel=stylesheet href=//e.example/x.css>",
  "<form action=https://e.example/><button formaction=javascript:window.pwned=1>x</button></form>",
  "<div style=\"background:url(https://e.example/x.png);position:fixed;inset:0\">x</div>",
  "{{constructor.constructor('window.pwned=1')()}} ${window.pwned=1} `x`",
  "\u202egpj.exe\u2066\u0000\u200b%00",
  "&lt;script&gt;window.pwned=1&lt;/script&gt;",
  "../../../etc/passwd",
  "$1 $& $` $'",
];

const CLAIM = "application/vnd.overlay-lab.claim+json";
const claimOf = (text: string): ClaimRecord => ({ notebook: "", reference: text, text, source: text, basis: "published", published: text, tolerance: "exact", toleranceKind: "exact", measured: text, interval: null, unit: text, difference: null, holds: true });

/** A notebook that carries one hostile string everywhere a string can stand. */
function hostileNotebook(text: string): Notebook {
  const inText = text.replace(/\$/g, "\\$");
  const code: Partial<Cell> = { source: `const name = ${JSON.stringify(text)}; // ${text}`, outputs: [{ output_type: "stream", name: "stdout", text }, { output_type: "error", ename: text, evalue: text }] };
  const notebook = notebookWith(
    markdownCell(`## ${inText}\n\n${inText}\n\n- ${inText}\n\n![${inText}](data:image/png;base64,AAAA)\n\n\`${text}\`\n\n\`\`\`ts\n${text}\n\`\`\``),
    code,
    display({ "text/html": text }),
    display({ "text/html": `<figure class="ol-figure" id="${text}"><p>${text}</p><svg><title>${text}</title><text>${text}</text></svg><script type="application/json" class="ol-plotly">${JSON.stringify({ text }).replace(/</g, "\\u003c")}</script></figure>` }),
    display({ "text/html": `<figure class="ol-figure ol-steps" id="steps"><div class="ol-stills">${text}</div><script type="application/json" class="ol-player">${JSON.stringify({ text, steps: [{ text }], nodes: [{ name: text, x: text, y: text, shape: text }], links: [], messages: [], tones: [], kinds: [text], seed: text, width: text, height: text }).replace(/</g, "\\u003c")}</script></figure>` }),
    display({ "text/html": stepHtml(textEverywhere(text)).toString() }),
    display({ "image/svg+xml": `<svg><desc>${text}</desc>${text}</svg>` }),
    display({ "image/png": text }),
    display({ "text/plain": text }),
    display({ "text/markdown": inText }),
    display({ [CLAIM]: claimOf(text), "text/html": text }),
    markdownCell(`| Term | 한국어 | Meaning |\n|---|---|---|\n| ${inText.replace(/\|/g, "")} | 낱말 | ${inText.replace(/\|/g, "")} |`, "glossary"),
  );
  notebook.cells[0].source = `# ${inText}\n\n${inText}`;
  notebook.cells[2].metadata = { tags: [text] };
  notebook.metadata = { overlay_lab: { section: text, minutes: 5, goals: [text], prerequisites: [text] } };
  return notebook;
}

describe("hostile strings in handouts", () => {
  let browser: LabBrowser | null = null;
  before(async () => {
    browser = await browserOrNull();
  });
  after(async () => browser?.close());

  test("run no script, set no handler and fetch nothing, on every page and path", async (t) => {
    const page = (await browser?.newPage({ bypassCSP: true })) ?? null;
    t.after(() => page?.close());
    for (const text of HOSTILE) {
      const path = `notebooks/${text}/${text}.ipynb`;
      const claims = [{ ...claimOf(text), notebook: path }];
      const provenance = { commit: text, dirty: true, seed: text, mode: text, versions: { [text]: text }, command: text };
      const run = runOf(hostileNotebook(text), { claims, provenance, variant: "solution", assets: { plotlyScript: null, liveScript: liveScript() } }, path);
      const result = await renderHandouts(run);
      assert.ok(result.pages.every((page) => page.file.startsWith(run.outDir) && !page.file.slice(run.outDir.length + 1).includes("/")), "pages stay in their folder");
      for (const kind of ["index", "notebook", "claims"] as const) {
        const source = readFileSync(fileOf(result, kind), "utf8");
        const own = /class="ol-pl(?:otly|ayer)"/.test(source) ? 2 : 1;
        assert.equal(source.match(/<script(?! type="application\/json" class="ol-pl(?:otly|ayer)">)/g)?.length, own, `${kind}: only the page's own scripts, with ${text}`);
        if (page !== null) await checkLive(page, fileOf(result, kind), text);
      }
    }
    if (browser === null) t.skip(`${NO_BROWSER}: only the text of the pages was checked`);
  });
});

async function checkLive(page: Page, file: string, text: string): Promise<void> {
  const requests: string[] = [];
  const note = (request: Request): number => requests.push(request.url());
  page.on("request", note);
  await page.goto(pathToFileURL(file).href);
  await page.waitForTimeout(20);
  page.off("request", note);
  assert.equal(await page.evaluate("window.pwned"), undefined, `a script ran: ${text}`);
  const handlers = await page.evaluate("[...document.querySelectorAll('*')].flatMap((e) => [...e.attributes].filter((a) => /^on/i.test(a.name) || (['href', 'src', 'action', 'xlink:href'].includes(a.name) && /^\\s*(javascript|vbscript|data:text)/i.test(a.value))).map(() => e.outerHTML.slice(0, 100)))");
  assert.deepEqual(handlers, [], text);
  const strangers = requests.filter((url) => !/^(?:data:|blob:)/.test(url) && url !== page.url() && !url.endsWith("/assets/live.js"));
  assert.deepEqual(strangers, [], `fetched: ${text}`);
}
