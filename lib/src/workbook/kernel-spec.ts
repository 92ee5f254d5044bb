/** Registers our kernel for this project only: a folder below `build/` that Jupyter is pointed at through `JUPYTER_PATH`. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { StorageError } from "../errors";
import { KERNEL_DISPLAY_NAME, KERNEL_NAME } from "./canonical-notebook";

/**
 * Writes `build/jupyter/kernels/overlay-lab/kernel.json`. It names absolute paths of this machine, so it is written anew whenever
 * Jupyter is started and never committed.
 *
 * @param root root folder of the workbook
 * @returns the folder to put into `JUPYTER_PATH`
 * @throws StorageError when it cannot be written
 */
export function writeKernelSpec(root: string): string {
  const jupyterFolder = join(resolve(root), "build", "jupyter");
  const folder = join(jupyterFolder, "kernels", KERNEL_NAME);
  const kernel = resolve(__dirname, "..", "..", "bin", "kernel.cjs");
  const spec = {
    argv: [process.execPath, kernel, "{connection_file}"],
    display_name: KERNEL_DISPLAY_NAME,
    env: { OVERLAY_LAB_ROOT: resolve(root) },
    interrupt_mode: "signal",
    language: "typescript",
    metadata: { debugger: false },
  };
  const file = join(folder, "kernel.json");
  try {
    mkdirSync(folder, { recursive: true });
    const temporary = `${file}.${process.pid}`;
    writeFileSync(temporary, `${JSON.stringify(spec, null, 2)}\n`);
    renameSync(temporary, file);
  } catch (error) {
    throw new StorageError({ what: "cannot register the kernel", got: (error as NodeJS.ErrnoException).code ?? String(error), expected: "a folder that can be written", where: file });
  }
  return jupyterFolder;
}
