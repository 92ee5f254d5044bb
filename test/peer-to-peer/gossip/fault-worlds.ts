/** Random faults for small worlds, and a loop over seeds whose failures say how to repeat one. */
import type { Fault, RandomStream } from "overlay-lab/dist/simulation";

/** Up to two link faults and up to three node faults, all over by `endUs`; every crashed node comes back but possibly one, which is never node 0. */
export function randomFaults(nodes: number, endUs: number, random: RandomStream): Fault[] {
  const faults: Fault[] = [];
  const window = () => {
    const fromUs = random.integer(endUs / 2);
    return { fromUs, untilUs: fromUs + 1 + random.integer(endUs / 2) };
  };
  for (let count = random.integer(3); count > 0; count--) {
    const kind = random.integer(4);
    if (kind === 0) faults.push({ kind: "loss", probability: 0.3 * random.uniform(), ...window() });
    else if (kind === 1) faults.push({ kind: "delay", minUs: 0, maxUs: 400_000, probability: 0.5, ...window() });
    else if (kind === 2) faults.push({ kind: "duplicate", probability: 0.3, spreadUs: 100_000, ...window() });
    else faults.push({ kind: "partition", groups: [Array.from({ length: nodes }, (_, node) => node).filter(() => random.integer(2) === 0)], ...window() });
  }
  const victims = random.sample(nodes, Math.min(nodes, random.integer(4)));
  victims.forEach((node, index) => {
    const { fromUs, untilUs } = window();
    if (index === 2) faults.push({ kind: "pause", node, fromUs, untilUs });
    else if (index === 1 && node !== 0) faults.push({ kind: "crash", node, atUs: fromUs });
    else faults.push({ kind: "crash", node, atUs: fromUs, restartUs: untilUs });
  });
  return faults;
}

/**
 * Runs worlds 1..count; the first failure names the seed and the command that repeats it alone.
 * @param only environment variable REPLAY_SEED picks one world
 */
export function replayedWorlds(name: string, count: number, runWorld: (seed: number) => void, only = process.env.REPLAY_SEED): void {
  const seeds = only === undefined ? Array.from({ length: count }, (_, index) => index + 1) : [Number(only)];
  for (const seed of seeds) {
    try {
      runWorld(seed);
    } catch (error) {
      throw new Error(`world ${seed} of ${name} failed; repeat with: REPLAY_SEED=${seed} node --test build/test/scenarios/${name}.test.js\n${(error as Error).stack}`);
    }
  }
}
