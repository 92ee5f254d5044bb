/** A target that hangs on its fourth input, to see that the guard notices. */
import type { FuzzReport } from "./guard";

export function run(onInput: (index: number) => void): FuzzReport {
  for (let index = 0; index <= 3; index++) onInput(index);
  for (;;);
}
