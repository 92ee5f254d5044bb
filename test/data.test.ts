/** Every file under data/ is described in SOURCES.md, with the hash of its present content. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const FOLDER = join(process.cwd(), "data");
const SOURCES = readFileSync(join(FOLDER, "SOURCES.md"), "utf8");

test("each data file has a section with origin, licence and the right sha256", () => {
  const files = readdirSync(FOLDER).filter((name) => name !== "SOURCES.md");
  assert.ok(files.length > 0);
  for (const name of files) {
    const section = SOURCES.split(/^## /m).find((part) => part.startsWith(`${name}\n`));
    assert.ok(section, `${name} has no section in data/SOURCES.md`);
    assert.match(section, /licence/i, name);
    const sha256 = createHash("sha256").update(readFileSync(join(FOLDER, name))).digest("hex");
    assert.ok(section.includes(sha256), `${name}: its sha256 is ${sha256}`);
  }
});
