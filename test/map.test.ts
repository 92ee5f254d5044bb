/** The map of lib/README.md is true: every path in it exists, and every mechanism, experiment and notebook is in it. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { test } from "node:test";

const ROOT = resolve(__dirname, "..", "..");
const MECHANISM_FOLDERS = ["routing-overlays", "peer-to-peer", "content-distribution", "naming", "streaming", "network", "ids"];

interface MapRow {
  readonly section: string;
  readonly mechanism: string;
  readonly files: readonly string[];
  readonly tests: readonly string[];
  readonly notebooks: readonly string[];
}

const ROWS: readonly MapRow[] = readFileSync(join(ROOT, "lib", "README.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("|") && !line.startsWith("| ---") && !line.startsWith("| section"))
  .map((line) => {
    const [section, mechanism, files, tests, notebooks] = line.split("|").slice(1, -1).map((cell) => cell.trim());
    const paths = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
    return { section, mechanism, files: paths(files), tests: paths(tests), notebooks: paths(notebooks) };
  });

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]));
}

/** A path of the map covers a file when it is the file or a folder above it. */
function covers(entries: readonly string[], file: string): boolean {
  return entries.some((entry) => file === entry || (entry.endsWith("/") && file.startsWith(entry)));
}

test("the map has rows, and each names section, mechanism, files, tests and a notebook", () => {
  assert.ok(ROWS.length > 0);
  for (const row of ROWS) {
    const where = `${row.section} | ${row.mechanism}`;
    assert.ok(row.section && row.mechanism, where);
    assert.ok(row.files.length > 0 && row.tests.length > 0 && row.notebooks.length > 0, `${where}: a cell is empty`);
  }
});

test("every path of the map exists", () => {
  const missing: string[] = [];
  for (const row of ROWS) {
    for (const [base, paths] of [["lib/src", row.files], ["test", row.tests], ["notebooks", row.notebooks]] as const) {
      for (const path of paths) {
        const full = join(ROOT, base, path);
        if (!existsSync(full) || statSync(full).isDirectory() !== path.endsWith("/")) missing.push(`${base}/${path}`);
      }
    }
  }
  assert.deepEqual(missing, []);
});

test("every mechanism file is on the map", () => {
  const src = join(ROOT, "lib", "src");
  const entries = ROWS.flatMap((row) => row.files);
  const unmapped = MECHANISM_FOLDERS.flatMap((folder) => filesBelow(join(src, folder)))
    .map((file) => relative(src, file).split(sep).join("/"))
    .filter((file) => !file.endsWith("/index.ts") && !covers(entries, file));
  assert.deepEqual(unmapped, []);
});

test("every notebook is on the map", () => {
  const base = join(ROOT, "notebooks");
  const entries = ROWS.flatMap((row) => row.notebooks);
  const unmapped = filesBelow(base)
    .filter((file) => file.endsWith(".ipynb") && !file.includes(".ipynb_checkpoints"))
    .map((file) => relative(base, file).split(sep).join("/"))
    .filter((file) => !covers(entries, file));
  assert.deepEqual(unmapped, []);
});
