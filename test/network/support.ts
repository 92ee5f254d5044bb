/** Shared by the network tests: files of the repository, real data where it is present, and the random problems of the flow tests. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { RandomStream } from "overlay-lab/dist/simulation/random";

const ROOT = resolve(__dirname, "../../..");
const SHARED = join(ROOT, "../shared/data");

/** A file of the repository. */
export const repositoryFile = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** Folder of real data, or undefined when it is not there. */
export const sharedFolder = (path: string): string | undefined => (existsSync(join(SHARED, path)) ? join(SHARED, path) : undefined);

/** A real file as bytes; only call it when {@link needs} did not skip. */
export const sharedBytes = (path: string): Buffer => readFileSync(join(SHARED, path));

/** A real file as text; only call it when {@link needs} did not skip. */
export const sharedText = (path: string): string => sharedBytes(path).toString("utf8");

/** Test options that skip with a message when real data is absent. */
export const needs = (path: string): { skip: string | false } => ({ skip: existsSync(join(SHARED, path)) ? false : `real data ../shared/data/${path} is not present` });

/** A stream with a fixed seed. */
export const stream = (name: string, seed = 1): RandomStream => new RandomStream({ seed, name });

/** A random set of links and a way to draw paths over them. */
export interface RandomNetwork {
  readonly capacitiesBps: Float64Array;
  path(): number[];
  capBps(): number;
}

/** Access links of `hosts` hosts (uplinks, then downlinks) and some core links; rates from a few classes, so that ties occur. */
export function randomNetwork(hosts: number, coreLinks: number, random: RandomStream): RandomNetwork {
  const rates = [1e6, 2e6, 5e6, 1e7, 3e7, 1e8];
  const capacitiesBps = Float64Array.from({ length: 2 * hosts + coreLinks }, (_, link) =>
    link >= 2 * hosts ? 1e7 * (1 + random.integer(20)) : random.integer(2) === 0 ? rates[random.integer(rates.length)] : 1e6 * (1 + 50 * random.uniform()),
  );
  return {
    capacitiesBps,
    path: () => {
      const from = random.integer(hosts);
      const to = (from + 1 + random.integer(hosts - 1)) % hosts;
      const core = coreLinks === 0 ? [] : random.shuffle(Array.from({ length: coreLinks }, (_, link) => 2 * hosts + link)).slice(0, random.integer(Math.min(4, coreLinks) + 1));
      return [from, ...core, hosts + to];
    },
    capBps: () => (random.integer(3) === 0 ? 1e5 * (1 + random.integer(100)) : Infinity),
  };
}
