/**
 * The two scripts that live figures need: Plotly, minified once and shared by all pages, and our own small one. Both are classic scripts,
 * so they also work in a page opened from the file system.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { StorageError } from "../errors";
import { liveScriptText } from "../figures/live-script";

/** A built script in the cache. */
export interface ScriptAsset {
  /** The file to copy beside the pages. */
  readonly path: string;
  readonly bytes: number;
}

/** Limit of the shared script in bytes. */
export const PLOTLY_LIMIT_BYTES = 5_000_000;

/**
 * Plotly hides from module loaders: in a classic notebook an AMD loader would swallow it and no global would appear. `self` stays the window.
 */
const BEFORE = "(function(){var define,module,exports;\n";
const AFTER = "\n}).call(self);\n";

/**
 * Minifies plotly.js-dist, or finds the result in the cache by the hash of what went in.
 *
 * @param cacheFolder folder for built assets, made if needed
 * @returns the file `plotly.min.js` in a folder of the cache
 * @throws StorageError when the package is missing, the result is larger than {@link PLOTLY_LIMIT_BYTES}, or the cache cannot be written
 */
export async function plotlyAsset(cacheFolder: string): Promise<ScriptAsset> {
  const esbuild = await import("esbuild");
  const source = await readFile(require.resolve("plotly.js-dist/plotly.js"));
  const key = createHash("sha256").update(esbuild.version).update(BEFORE + AFTER).update(source).digest("hex").slice(0, 16);
  const folder = join(cacheFolder, `plotly-${key}`);
  const path = join(folder, "plotly.min.js");
  const cached = await stat(path).catch(() => null);
  if (cached !== null) return { path, bytes: cached.size };
  const { code } = await esbuild.transform(BEFORE + source.toString("utf8") + AFTER, { minify: true, target: "es2020", legalComments: "eof", charset: "utf8", logLevel: "silent" });
  const bytes = Buffer.byteLength(code);
  if (bytes > PLOTLY_LIMIT_BYTES) throw new StorageError({ what: "the shared plot script is too large", got: bytes, expected: `at most ${PLOTLY_LIMIT_BYTES} bytes`, where: path });
  await mkdir(folder, { recursive: true });
  // Written beside the goal and renamed: a killed run leaves no half script.
  const draft = join(folder, `draft-${process.pid}.js`);
  await writeFile(draft, code);
  await rename(draft, path);
  return { path, bytes };
}

/**
 * The script that turns static figures live. In a page: `<script src="live.js" data-plotly="plotly.min.js" defer></script>`; in Jupyter a
 * loader cell sets `window.overlayLabPlotlyUrl` and runs the same text.
 */
export function liveScript(): string {
  return transformSync(liveScriptText(), { minify: true, target: "es2020", charset: "ascii", logLevel: "silent" }).code;
}
