import { join } from "node:path";
import type { TestContext } from "node:test";
import { type LabBrowser, openBrowser } from "overlay-lab/dist/workbook/browser";

/** Folder where a packed browser is unpacked once for all tests. */
export const TEST_CACHE = join(process.cwd(), "build", "cache", "browser");

/** A browser for a test, or `null` after skipping it with the reason. In continuous integration a missing browser is a failure. */
export async function openTestBrowser(t: TestContext): Promise<LabBrowser | null> {
  const { browser, failed } = await openBrowser({ cacheFolder: TEST_CACHE });
  if (browser) {
    t.after(() => browser.close());
    return browser;
  }
  const reasons = failed.map(({ path, problem }) => `${path}: ${problem}`).join("; ");
  if (process.env.CI) throw new Error(`no browser starts here (${reasons})`);
  t.skip(`no browser starts here (${reasons})`);
  return null;
}
