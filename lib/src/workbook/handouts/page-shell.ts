/** The frame of every page: head with its content policy, masthead, foot with provenance. */
import { createHash } from "node:crypto";
import { html, trustedHtml, type SafeHtml } from "../../html";
import { PAGE_SCRIPT } from "./page-script";
import type { Variant } from "./variants";

/** Where the numbers come from; printed at the foot of every page. */
export interface Provenance {
  readonly commit: string;
  /** Whether files differed from the commit. */
  readonly dirty: boolean;
  readonly seed: number | string;
  /** "quick" or "full". */
  readonly mode: string;
  readonly versions: Readonly<Record<string, string>>;
  /** The command that reproduces the page. */
  readonly command: string;
}

/** What a page brings to the frame. */
export interface Page {
  /** Text of the browser tab and of the PDF's title. */
  readonly title: string;
  readonly variant: Variant;
  /** The kind of page, for its style. */
  readonly kind: "index" | "notebook" | "claims";
  readonly main: SafeHtml;
  readonly provenance: Provenance;
  /** File name of the PDF beside the page, or `null` when none is written. */
  readonly pdf: string | null;
  /** What the small script is loaded for: plots that fetch Plotly when asked, step players only, or nothing. */
  readonly live: "plots" | "steps" | null;
}

const SCRIPT_HASH = createHash("sha256").update(PAGE_SCRIPT).digest("base64");

/**
 * Nothing is fetched but the scripts of the assets folder. `file:` stands beside `'self'` because a browser may not count two local files
 * as one origin; on a server it matches nothing.
 */
const POLICY =
  `default-src 'none'; script-src 'self' file: 'sha256-${SCRIPT_HASH}'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; ` +
  "base-uri 'none'; form-action 'none'";

/** Where the font faces go; they depend on the letters of the finished page. */
export const FONT_PLACE = "/*fonts*/";

/** The whole file, with {@link FONT_PLACE} where the fonts will stand. */
export function pageShell(page: Page, style: string): string {
  const liveScript = page.live === null ? null : html`<script src="assets/live.js" data-plotly="${page.live === "plots" ? "assets/plotly.min.js" : ""}" defer></script>`;
  return html`<!DOCTYPE html>
<html lang="en" data-variant="${page.variant}" class="${page.kind}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${page.title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<script>${trustedHtml(PAGE_SCRIPT, "stylesheet")}</script>
<style>${trustedHtml(FONT_PLACE + style.replace(/<\//g, "<\\/"), "stylesheet")}</style>
${liveScript}
</head>
<body>
<a class="skip" href="#content">Skip to the text</a>
<header class="masthead">${masthead(page)}</header>
<main id="content">
${page.main}
</main>
<footer id="provenance">${provenanceFooter(page.provenance)}</footer>
</body>
</html>
`.toString();
}

function masthead(page: Page): SafeHtml {
  const home = page.kind === "index" ? html`<span class="home">Overlay Lab</span>` : html`<a class="home" href="index.html">Overlay Lab</a>`;
  const edition = { student: null, solution: "with solutions", lecture: "lecture" }[page.variant];
  return html`${home}${edition === null ? null : html`<span class="edition">${edition}</span>`}<nav aria-label="Handouts">${page.kind === "claims" ? null : html`<a href="claims.html">Published and ours</a>`}${page.pdf === null ? null : html`<a href="${encodeURI(page.pdf)}">PDF</a>`}<button type="button" id="theme" hidden>Dark</button></nav>`;
}

function provenanceFooter(provenance: Provenance): SafeHtml {
  const versions = Object.entries(provenance.versions).map(([name, version]) => `${name} ${version}`);
  const commit = provenance.commit === "" ? "no commit" : provenance.commit.slice(0, 12);
  return html`<p>Reproduce this page: <code>${provenance.command}</code></p><p>Commit <code>${commit}</code>${provenance.dirty ? ", with changes not committed" : ""} · seed ${provenance.seed} · ${provenance.mode} run${versions.length === 0 ? "" : " · "}${versions.join(", ")}</p>`;
}
