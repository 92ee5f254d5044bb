/** Prints finished pages to PDF: A4, tagged, with outline; page numbers come from the page's own print style. */
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";

/**
 * @param pages HTML files to print, and where each PDF goes
 * @returns the PDF bytes in the order given
 */
export async function printPages(browser: Browser, pages: readonly string[]): Promise<Buffer[]> {
  const context = await browser.newContext({ javaScriptEnabled: false, colorScheme: "light", offline: true });
  try {
    const printed: Buffer[] = [];
    for (const file of pages) {
      const page = await context.newPage();
      await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
      printed.push(withoutDates(await page.pdf({ preferCSSPageSize: true, printBackground: true, tagged: true, outline: true })));
      await page.close();
    }
    return printed;
  } finally {
    await context.close();
  }
}

/** The time of printing is the only thing in the PDF that changes from run to run; a fixed one of the same length takes its place. */
function withoutDates(pdf: Buffer): Buffer {
  const text = pdf.toString("latin1").replace(/\/(CreationDate|ModDate) \(D:\d{14}/g, (_, name: string) => `/${name} (D:20000101000000`);
  return Buffer.from(text, "latin1");
}
