/** Prints finished pages to PDF: A4, tagged, with outline; page numbers come from the page's own print style. */
import type { BrowserContextOptions, Page } from "playwright-core";

/** A started Chromium, as far as printing needs it: Playwright's `Browser` or the workbook's own. Closing the page ends its context. */
export interface PageOpener {
  newPage(options?: BrowserContextOptions): Promise<Page>;
}

const ADDRESS = "http://handouts.invalid/page";

/**
 * @param texts whole HTML pages to print
 * @returns the PDF bytes in the order given
 */
export async function printPages(browser: PageOpener, texts: readonly string[]): Promise<Buffer[]> {
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
