import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { StorageError } from "overlay-lab/dist/errors";
import { BROWSER_VARIABLE, openBrowser, systemBrowsers } from "overlay-lab/dist/workbook/browser";
import { TEST_CACHE, openTestBrowser } from "./open-test-browser";

test("a browser named by the environment that does not start is an error, not a reason to look elsewhere", async () => {
  const open = openBrowser({ cacheFolder: TEST_CACHE, environment: { [BROWSER_VARIABLE]: "/nowhere/chromium", PATH: process.env.PATH } });
  await assert.rejects(open, (error: unknown) => error instanceof StorageError && /does not start.*\/nowhere\/chromium.*no such file/.test(error.message));
});

test("a program that is no browser counts as failed, with the reason", async () => {
  const environment = { [BROWSER_VARIABLE]: process.execPath, PATH: "" };
  await assert.rejects(openBrowser({ cacheFolder: TEST_CACHE, environment, sources: ["environment"] }), StorageError);
});

test("without any source there is no browser and no error", async () => {
  assert.deepEqual(await openBrowser({ cacheFolder: TEST_CACHE, sources: [] }), { browser: null, failed: [] });
});

test("only programs that exist are tried, each once", () => {
  const found = systemBrowsers({ PATH: process.env.PATH });
  assert.equal(new Set(found).size, found.length);
  assert.deepEqual(systemBrowsers({}, "darwin"), []);
});

test("pages are offline: they read files and data, and no request leaves", async (t) => {
  const browser = await openTestBrowser(t);
  if (!browser) return;
  const page = await browser.newPage();
  await page.goto("data:text/html,<p>here</p>");
  const outcome = await page.evaluate(() => fetch("http://127.0.0.1:9/").then(() => "reached", () => "refused"));
  assert.equal(outcome, "refused");
  await assert.rejects(page.goto("http://127.0.0.1:9/"), /ERR_FAILED|ERR_BLOCKED/);
  await page.close();
});

for (const ending of ["exit", "throw", "SIGINT", "SIGTERM", "SIGKILL"]) {
  test(`no browser process outlives a program that ends by ${ending}`, { skip: process.platform === "linux" ? false : "reads /proc", timeout: 60_000 }, async (t) => {
    const browser = await openTestBrowser(t);
    if (!browser) return;
    const mark = `overlay-lab-test-${process.pid}-${ending}`;
    const script = `require(${JSON.stringify(require.resolve("overlay-lab/dist/workbook/browser"))}).openBrowser({cacheFolder:${JSON.stringify(TEST_CACHE)}}).then(() => {
      console.log("open");
      if (${JSON.stringify(ending)} === "exit") process.exit(3);
      if (${JSON.stringify(ending)} === "throw") throw new Error("crash");
      setInterval(() => {}, 1000);
    })`;
    const child = spawn(process.execPath, ["-e", script], { env: { ...process.env, MARK: mark, [BROWSER_VARIABLE]: "" }, stdio: ["ignore", "pipe", "ignore"] });
    const ended = new Promise<NodeJS.Signals | number | null>((resolve) => child.on("exit", (code, signal) => resolve(signal ?? code)));
    await new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
    if (ending.startsWith("SIG")) child.kill(ending as NodeJS.Signals);
    assert.equal(await ended, ending === "exit" ? 3 : ending === "throw" ? 1 : ending);
    for (let tries = 0; tries < 100 && processesMarked(mark).length > 0; tries++) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual(processesMarked(mark), []);
  });
}

/** Processes that inherited the mark in their environment. */
function processesMarked(mark: string): readonly string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(join("/proc", pid, "environ"), "latin1").includes(`MARK=${mark}`);
    } catch {
      return false;
    }
  });
}
