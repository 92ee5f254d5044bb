#!/usr/bin/env node
"use strict";
// The first command after `git clone`: installs from the lockfile and builds when needed, then hands over to the command line
// in lib/src/workbook/cli.ts. Plain JavaScript without dependencies, because nothing is installed yet when it starts.
const { createHash } = require("node:crypto");
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const ROOT = path.resolve(__dirname, "..", "..");
const INSTALL_STAMP = path.join(ROOT, "node_modules", ".overlay-lab-install");
const BUILD_STAMP = path.join(ROOT, "lib", "dist", "build-info.json");
const COMPILER = path.join(ROOT, "node_modules", "@tslab", "typescript-for-tslab", "lib", "tsc.js");
const LOWEST_NODE = [20, 19];

const quiet = process.argv.includes("--quiet");
const say = (text) => quiet || process.stderr.write(`${text}\n`);

/** Every file below a folder, sorted, so that a hash over them does not depend on the file system. */
function filesBelow(folder) {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(path.join(folder, entry.name)) : [path.join(folder, entry.name)]))
    .sort((a, b) => (a < b ? -1 : 1));
}

function hashFiles(files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const content = fs.readFileSync(file);
    hash.update(`${path.relative(ROOT, file).split(path.sep).join("/")}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

function readStamp(file, field) {
  try {
    const text = fs.readFileSync(file, "utf8");
    return field ? JSON.parse(text)[field] : text;
  } catch {
    return "";
  }
}

/** Runs a program, its output on standard error, with a sign of life every ten seconds; resolves to the exit code. */
function runStep(name, command, args, shell = false) {
  const started = process.hrtime.bigint();
  const seconds = () => Number((process.hrtime.bigint() - started) / 1_000_000_000n);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", quiet ? "ignore" : 2, 2], shell });
    const alive = setInterval(() => say(`  ... ${name}, ${seconds()} s`), 10_000);
    const finish = (settle) => (value) => {
      clearInterval(alive);
      settle(value);
    };
    child.on("error", finish(reject));
    child.on("close", finish((code) => resolve(code ?? 1)));
  });
}

/** What an install depends on: the lockfile, and what the manifests ask for (a renamed script is no reason to install again). */
function installKey() {
  const hash = createHash("sha256").update(fs.readFileSync(path.join(ROOT, "package-lock.json")));
  for (const name of ["package.json", "lib/package.json"]) {
    const { workspaces, dependencies, devDependencies, optionalDependencies, overrides } = JSON.parse(fs.readFileSync(path.join(ROOT, name), "utf8"));
    hash.update(JSON.stringify([workspaces, dependencies, devDependencies, optionalDependencies, overrides]));
  }
  return hash.digest("hex");
}

async function install() {
  const wanted = installKey();
  if (readStamp(INSTALL_STAMP) === wanted) return;
  say("Installing the packages of package-lock.json (about 250 MB, 15 s on a fast line; nothing runs at install time) ...");
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  // npm names its own program when it starts us, so the same npm does the install; on Windows the bare name needs a shell.
  const npm = process.env.npm_execpath;
  const code = npm ? await runStep("installing", process.execPath, [npm, ...args]) : await runStep("installing", "npm", args, process.platform === "win32");
  if (code !== 0) fail(`npm could not install the packages (exit code ${code}). Check that this computer reaches an npm registry, then type the same command again.`);
  fs.writeFileSync(INSTALL_STAMP, wanted);
}

/** Removes compiled files whose source is gone: the compiler never does, and a stale module would still be importable. */
function removeStale(dist, src) {
  if (!fs.existsSync(dist)) return;
  for (const file of filesBelow(dist)) {
    const relative = path.relative(dist, file);
    const stem = relative.replace(/(\.d\.ts|\.js)(\.map)?$/, "");
    if (stem !== relative && !fs.existsSync(path.join(src, `${stem}.ts`))) fs.rmSync(file);
  }
}

async function build() {
  const src = path.join(ROOT, "lib", "src");
  const codeVersion = hashFiles([...filesBelow(src), path.join(ROOT, "lib", "tsconfig.json"), path.join(ROOT, "package-lock.json")]);
  if (readStamp(BUILD_STAMP, "codeVersion") === codeVersion) return;
  say("Building the library ...");
  removeStale(path.join(ROOT, "lib", "dist"), src);
  fs.rmSync(BUILD_STAMP, { force: true });
  const code = await runStep("building", process.execPath, [COMPILER, "-b", path.join(ROOT, "lib")]);
  if (code !== 0) fail("The library does not compile; the messages above name file and line.");
  fs.writeFileSync(BUILD_STAMP, `${JSON.stringify({ codeVersion })}\n`);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

async function main() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < LOWEST_NODE[0] || (major === LOWEST_NODE[0] && minor < LOWEST_NODE[1])) {
    fail(`Overlay Lab needs Node ${LOWEST_NODE.join(".")} or newer; this is Node ${process.versions.node}.`);
  }
  await install();
  await build();
  const { main: commandLine } = require(path.join(ROOT, "lib", "dist", "workbook", "cli.js"));
  await commandLine(process.argv.slice(2), ROOT);
}

main().catch((error) => fail(error instanceof Error ? (error.stack ?? error.message) : String(error)));
