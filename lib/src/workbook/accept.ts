/** `npm run accept`: stores executed notebooks in their canonical form, the one that is committed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OverlayLabError } from "../errors";
import { writeFileAtomic } from "../results/atomic";
import { serializeNotebook } from "./notebook-file";
import { describeFailure, withRuns } from "./start";
import type { Terminal } from "./terminal";

/**
 * Runs the notebooks in quick mode with their own parameters and writes each back with its outputs.
 *
 * @param root root folder of the workbook
 * @param only glob over notebook paths, "" for all
 * @returns the paths of the notebooks that changed
 * @throws OverlayLabError when a notebook fails, or no browser can draw the figures that a committed notebook must hold
 */
export async function accept(root: string, only: string, terminal: Terminal): Promise<readonly string[]> {
  return withRuns(root, { all: false, only, mode: "quick", timeoutSeconds: 120 }, terminal, async (runs, browser) => {
    if (browser === null) throw new OverlayLabError({ what: "cannot store notebooks", got: "no browser", expected: "a browser that draws the figures; npm run doctor says how to get one", where: "npm run accept" });
    return runs.flatMap(({ run }) => {
      if (run.failure) throw new OverlayLabError({ what: describeFailure(run.path, run.failure), where: run.path });
      const text = serializeNotebook(run.executed);
      if (readFileSync(join(root, run.path), "utf8") === text) return [];
      writeFileAtomic(join(root, run.path), text);
      return [run.path];
    });
  });
}
