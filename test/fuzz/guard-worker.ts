/** The worker side of guard.ts: runs one target and writes down which input it is at. */
import { parentPort, workerData } from "node:worker_threads";
import type { FuzzTarget } from "./guard";

const { file, progress } = workerData as { readonly file: string; readonly progress: Int32Array };
// The target's path comes with the order, so it cannot be an import.
const target = require(file) as FuzzTarget;
parentPort?.postMessage(target.run((index) => Atomics.store(progress, 0, index)));
