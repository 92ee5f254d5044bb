/** Prints finished pages to PDF: A4, tagged, with outline; page numbers come from the page's own print style. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { writeFileAtomic } from "../../results/atomic";

/** A started Chromium, as far as printing needs it: Playwright's `Browser` or the workbook's own. Closing the page ends its context. */
export interface PageOpener {
  newPage(options?: BrowserContextOptions): Promise<Page>;
}

const ADDRESS = "http://handouts.invalid/page";

/**
 * Prints pages, or finds what was printed from the same text before.
 *
 * @param texts whole HTML pages to print
 * @param cache folder of printed pages, by the hash of their text; without it every page is printed
 * @returns the PDF bytes in the order given
 */
export async function printPages(browser: PageOpener, texts: readonly string[], cache?: string): Promise<Buffer[]> {
  const places = texts.map((text) => (cache === undefined ? null : join(cache, `${createHash("sha256").update(text).digest("hex").slice(0, 32)}.pdf`)));
  const kept = places.map((place) => (place !== null && existsSync(place) ? readFileSync(place) : null));
  const missing = texts.filter((_, index) => kept[index] === null);
  const printed = missing.length === 0 ? [] : await print(browser, missing);
  const pdfs = kept.map((pdf) => pdf ?? (printed.shift() as Buffer));
  if (cache !== undefined) keepOnly(cache, places as readonly string[], pdfs);
  return pdfs;
}

/** The cache holds the pages of the last run only. */
function keepOnly(cache: string, places: readonly string[], pdfs: readonly Buffer[]): void {
  mkdirSync(cache, { recursive: true });
  for (const name of readdirSync(cache)) if (!places.includes(join(cache, name))) rmSync(join(cache, name));
  places.forEach((place, index) => existsSync(place) || writeFileAtomic(place, pdfs[index]));
}

async function print(browser: PageOpener, texts: readonly string[]): Promise<Buffer[]> {
  const page = await browser.newPage({ javaScriptEnabled: false, colorScheme: "light", offline: true });
  try {
    const printed: Buffer[] = [];
    let body = "";
    await page.route("**/*", (route) => (route.request().url() === ADDRESS ? route.fulfill({ contentType: "text/html; charset=utf-8", body }) : route.abort()));
    for (const text of texts) {
      body = withoutSiblingLinks(text);
      await page.goto(ADDRESS, { waitUntil: "load" });
      printed.push(await page.pdf({ preferCSSPageSize: true, printBackground: true, tagged: true, outline: true }));
    }
    return printed;
  } finally {
    await page.close();
  }
}

/** A PDF keeps whole addresses only, so a link to the page beside it would carry the path of the machine that printed it. */
function withoutSiblingLinks(text: string): string {
  return text.replace(/(<a(?: class="[\w-]+")?) href="(?!https?:|mailto:|#)[^"]*"/g, "$1");
}
