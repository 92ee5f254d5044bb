import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { StorageError } from "overlay-lab/dist/errors";
import { readInput, readInputText } from "overlay-lab/dist/notebook/read-input";
import { recordDisplays } from "./recording-host";

test("an input file is read as it is; one that is missing, a folder or empty is refused by name", () => {
  const root = mkdtempSync(join(tmpdir(), "overlay-lab-"));
  try {
    recordDisplays({ root });
    writeFileSync(join(root, "edges.txt"), "0 1\n");
    writeFileSync(join(root, "empty.txt"), "");
    writeFileSync(join(root, "blank.txt"), " \n\n");
    assert.equal(readInputText("edges.txt"), "0 1\n");
    assert.equal(readInput("empty.txt").length, 0);
    for (const path of ["empty.txt", "blank.txt"]) assert.throws(() => readInputText(path), (error: Error) => error instanceof StorageError && error.message.includes(path));
    for (const path of ["none.txt", "."]) assert.throws(() => readInputText(path), StorageError);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
