/** The rules of the house, as tests: which folder may import which, calls that would break bit-exact runs, sizes, docstrings, leaks. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { test } from "node:test";
import * as ts from "@tslab/typescript-for-tslab";

const ROOT = resolve(__dirname, "..", "..");
const SRC = join(ROOT, "lib", "src");

/** Which folders of lib/src each folder may import, besides itself. The order is the order of the arrows. */
const BASE = ["errors", "units", "html"];
const LOWER = [...BASE, "ids", "codecs", "simulation"];
const MECHANISMS = ["routing-overlays", "peer-to-peer", "content-distribution", "naming", "streaming"];
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  units: [],
  html: [],
  // Weighted rendezvous takes the exact logarithm.
  ids: [...BASE, "simulation"],
  // A table is what a CSV file holds.
  codecs: [...BASE, "ids", "analysis"],
  simulation: BASE,
  network: [...LOWER],
  "routing-overlays": [...LOWER, "network"],
  "peer-to-peer": [...LOWER, "network"],
  naming: [...LOWER, "network"],
  "content-distribution": [...LOWER, "network", "naming"],
  streaming: [...LOWER, "network", "naming", "content-distribution"],
  analysis: BASE,
  figures: [...BASE, "analysis"],
  experiments: [...LOWER, "network", "analysis", ...MECHANISMS],
  results: [...LOWER, "analysis", "experiments"],
  // A recorded run becomes the steps of a figure here, because figures know no engine.
  notebook: [...BASE, "codecs", "simulation", "analysis", "figures", "experiments", "results"],
  workbook: [...LOWER, "network", "analysis", "figures", "experiments", "results", "notebook"],
};
const NODE_ALLOWED = ["results", "workbook", "notebook"];
/** Where a result is produced every operation must give the same bits on every machine. */
const EXACT = ["ids", "codecs", "simulation", "network", ...MECHANISMS, "experiments", "analysis"];
const EXACT_MATH = new Set(["abs", "ceil", "clz32", "floor", "fround", "imul", "max", "min", "round", "sign", "sqrt", "trunc", "PI", "E", "LN2", "LN10", "LOG2E", "LOG10E", "SQRT2", "SQRT1_2"]);
const BANNED_NAMES = new Set(["performance", "setTimeout", "setInterval", "setImmediate", "queueMicrotask", "Intl", "WeakRef", "crypto"]);
const BANNED_METHODS = new Set(["toLocaleString", "toLocaleUpperCase", "toLocaleLowerCase", "toLocaleDateString", "toLocaleTimeString", "localeCompare"]);
/** Files that hand text written by a library, or already sanitised, to a page. */
const TRUSTED_HTML_CALLERS = [/^lib\/src\/html\.ts$/, /^lib\/src\/figures\/svg\.ts$/, /^lib\/src\/workbook\/handouts\/(math|markdown|code-highlight|sanitize|page-shell)\.ts$/];
const LONGEST_FILE = 420;
const LONGEST_FUNCTION = 90;

function filesBelow(folder: string, ending: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name), ending) : [join(folder, entry.name)]))
    .filter((file) => file.endsWith(ending) && !file.includes(`${sep}node_modules${sep}`))
    .sort((a, b) => (a < b ? -1 : 1));
}

interface Source {
  readonly file: string;
  readonly name: string;
  readonly folder: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

const SOURCES: readonly Source[] = filesBelow(SRC, ".ts").map((file) => {
  const text = readFileSync(file, "utf8");
  const inner = relative(SRC, file).split(sep).join("/");
  return {
    file,
    name: `lib/src/${inner}`,
    folder: inner.includes("/") ? inner.split("/")[0] : inner.replace(/\.ts$/, ""),
    text,
    tree: ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true),
  };
});

function lineOf(source: Source, node: ts.Node): string {
  return `${source.name}:${source.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}

/** Walks every node of every source that passes the filter and collects what `visit` complains about. */
function complaints(filter: (source: Source) => boolean, visit: (node: ts.Node, source: Source) => string | undefined): string[] {
  const found: string[] = [];
  for (const source of SOURCES.filter(filter)) {
    const walk = (node: ts.Node): void => {
      const complaint = visit(node, source);
      if (complaint) found.push(`${lineOf(source, node)} ${complaint}`);
      ts.forEachChild(node, walk);
    };
    walk(source.tree);
  }
  return found;
}

function importedModule(node: ts.Node): string | undefined {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) return node.moduleSpecifier.text;
  if (ts.isCallExpression(node) && node.arguments.length === 1 && ts.isStringLiteral(node.arguments[0])) {
    const callee = node.expression;
    if (callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === "require")) return node.arguments[0].text;
  }
  return undefined;
}

test("every folder imports only what stands below it", () => {
  const found = complaints((source) => source.folder !== "index", (node, source) => {
    const module = importedModule(node);
    if (!module?.startsWith(".")) return undefined;
    const target = relative(SRC, resolve(dirname(source.file), module)).split(sep)[0];
    if (target === source.folder || target === "") return undefined;
    const allowed = ARROWS[source.folder];
    return allowed?.includes(target) ? undefined : `imports ${module}: the arrow ${source.folder} -> ${target} is not in the plan`;
  });
  assert.deepEqual(found, []);
});

test("node modules are used only in results/, workbook/ and notebook/", () => {
  const found = complaints((source) => !NODE_ALLOWED.includes(source.folder), (node) => {
    const module = importedModule(node);
    return module?.startsWith("node:") ? `imports ${module}` : undefined;
  });
  assert.deepEqual(found, []);
});

test("plotly is never imported: the kernel has no window", () => {
  assert.deepEqual(complaints(() => true, (node) => (/^plotly/.test(importedModule(node) ?? "") ? "imports plotly" : undefined)), []);
});

test("no call in result-producing code depends on machine, engine version, time or locale", () => {
  const found = complaints((source) => EXACT.includes(source.folder), (node) => {
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "Math" && !EXACT_MATH.has(node.name.text)) return `Math.${node.name.text}`;
    if (ts.isBinaryExpression(node) && [ts.SyntaxKind.AsteriskAsteriskToken, ts.SyntaxKind.AsteriskAsteriskEqualsToken].includes(node.operatorToken.kind)) {
      const big = (side: ts.Expression) => ts.isBigIntLiteral(side) || /^BigInt\(/.test(side.getText());
      if (!big(node.left) && !big(node.right)) return "operator ** on numbers";
    }
    if (ts.isIdentifier(node) && BANNED_NAMES.has(node.text) && !ts.isPropertyAccessExpression(node.parent) && !ts.isPropertySignature(node.parent) && !ts.isPropertyAssignment(node.parent)) return node.text;
    if (ts.isPropertyAccessExpression(node) && BANNED_METHODS.has(node.name.text)) return `.${node.name.text}`;
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && ["sort", "toSorted"].includes(node.expression.name.text) && node.arguments.length === 0) {
      return /^(Float|Int|Uint|BigInt|BigUint)\d+/.test(node.expression.expression.getText()) ? undefined : "sort without a comparator";
    }
    if (ts.isForInStatement(node)) return "for..in";
    // The calendar of a moment that a file states is the same everywhere; the clock is not.
    if (ts.isIdentifier(node) && node.text === "Date" && !(ts.isNewExpression(node.parent) && node.parent.arguments?.length === 1)) return "Date";
    return undefined;
  });
  assert.deepEqual(found, []);
});

test("nothing in the library draws from Math.random", () => {
  // The drawing page reseeds its own generator; the runner watches for cells that call the kernel's.
  assert.deepEqual(complaints((source) => source.name !== "lib/src/workbook/runner-child.ts", (node) => (ts.isPropertyAccessExpression(node) && node.getText() === "Math.random" ? "Math.random" : undefined)), []);
});

test("mechanisms and the engine hold no async code", () => {
  const found = complaints((source) => ["simulation", "network", ...MECHANISMS].includes(source.folder), (node) =>
    node.kind === ts.SyntaxKind.AsyncKeyword || ts.isAwaitExpression(node) ? "async" : undefined,
  );
  assert.deepEqual(found, []);
});

test("text is marked as safe HTML only where a library or the sanitiser wrote it", () => {
  const found = complaints((source) => !TRUSTED_HTML_CALLERS.some((allowed) => allowed.test(source.name)), (node) => {
    if (ts.isCallExpression(node) && node.expression.getText() === "trustedHtml") return "trustedHtml";
    return ts.isNewExpression(node) && node.expression.getText() === "SafeHtml" ? "new SafeHtml" : undefined;
  });
  assert.deepEqual(found, []);
});

test("files and functions stay readable", () => {
  const long = SOURCES.filter((source) => source.text.split("\n").length > LONGEST_FILE).map((source) => `${source.name}: ${source.text.split("\n").length} lines`);
  const functions = complaints(() => true, (node, source) => {
    const isFunction = ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isFunctionExpression(node) || ts.isArrowFunction(node) || ts.isConstructorDeclaration(node);
    if (!isFunction || !node.body) return undefined;
    const line = (position: number) => source.tree.getLineAndCharacterOfPosition(position).line;
    const lines = line(node.end) - line(node.body.getStart()) + 1;
    return lines > LONGEST_FUNCTION ? `function of ${lines} lines` : undefined;
  });
  assert.deepEqual([...long, ...functions], []);
});

test("every export has a docstring, every file a header", () => {
  const hasDoc = (node: ts.Node, text: string) => (ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []).some((range) => text.startsWith("/**", range.pos));
  const found = complaints((source) => !source.name.endsWith("/index.ts"), (node, source) => {
    if (node === source.tree) return /^\s*(#!.*\n)?\s*\/\*\*/.test(source.text) || /^(import[^;]*;\s*)+\/\*\*/.test(source.text) ? undefined : "file without a header comment";
    const exported = ts.canHaveModifiers(node) && ts.getModifiers(node)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword);
    const named = ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isVariableStatement(node) || ts.isEnumDeclaration(node);
    if (!exported || !named) return undefined;
    // An overload set is documented at its first signature.
    if (ts.isFunctionDeclaration(node) && node.name) {
      const first = source.tree.statements.find((statement) => ts.isFunctionDeclaration(statement) && statement.name?.text === node.name?.text);
      if (first && first !== node) return undefined;
    }
    // A group of constants on consecutive lines shares the docstring of its first.
    let first: ts.Node = node;
    for (let index = source.tree.statements.indexOf(node as ts.Statement); ts.isVariableStatement(first) && !hasDoc(first, source.text) && index > 0; index--) {
      const before = source.tree.statements[index - 1];
      if (!ts.isVariableStatement(before) || source.text.slice(before.end, first.getStart()).includes("\n\n")) break;
      first = before;
    }
    return hasDoc(first, source.text) ? undefined : `export without docstring: ${node.getText().split("\n")[0].slice(0, 80)}`;
  });
  assert.deepEqual(found, []);
});

const WRITTEN = ["lib/src", "lib/bin", "lib/stubs", "test", "notebooks", "data", ".ci", ".devcontainer", "binder"];
const WRITTEN_TEXT = WRITTEN.flatMap((folder) => filesBelow(join(ROOT, folder), "")).concat(
  ["package.json", "lib/package.json", "package-lock.json", "README.md", "CONTRIBUTING.md", "lib/README.md", "CITATION.cff"].map((name) => join(ROOT, name)).filter(existsSync),
);

test("no file names a registry, a path of somebody's machine, or unfinished work", () => {
  // Spelled in parts so that this file does not find itself.
  const hosts = [["registry", "npmjs", "org"], ["deb", "debian", "org"], ["npmmirror", "com"]].map((parts) => parts.join("."));
  const leaks = [...hosts, "/wo" + "rk/", "/tmp/bash" + "_jobs", "/home/" + "node/"];
  const unfinished = new RegExp(["TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK:"].map((word) => `\\b${word}`).join("|"));
  const found: string[] = [];
  for (const file of WRITTEN_TEXT) {
    if (/\.(png|woff2|torrent|bin|gz|epub)$/.test(file)) continue;
    const text = readFileSync(file, "utf8");
    for (const leak of leaks) if (text.includes(leak)) found.push(`${relative(ROOT, file)}: ${leak}`);
    const match = unfinished.exec(text);
    if (match && !file.endsWith("package-lock.json")) found.push(`${relative(ROOT, file)}: ${match[0]}`);
  }
  assert.deepEqual(found, []);
});

test("dependencies are exact, and the lockfile holds no download address", () => {
  for (const name of ["package.json", "lib/package.json"]) {
    const manifest = JSON.parse(readFileSync(join(ROOT, name), "utf8")) as Record<string, Record<string, string> | undefined>;
    for (const kind of ["dependencies", "devDependencies", "optionalDependencies"]) {
      for (const [dependency, version] of Object.entries(manifest[kind] ?? {})) assert.match(version, /^\d+\.\d+\.\d+$/, `${name}: ${dependency}`);
    }
  }
  assert.doesNotMatch(readFileSync(join(ROOT, "package-lock.json"), "utf8"), /"resolved": "(https?|git)/);
});
