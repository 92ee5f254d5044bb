/** A target that finds a broken rule, to see that the guard passes it on. */
import type { FuzzReport } from "./guard";

export function run(onInput: (index: number) => void): FuzzReport {
  onInput(1);
  throw new Error("rule broken at input 1");
}
