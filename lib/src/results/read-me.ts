/** The README and the licence note that travel with an export. */
import type { Column } from "../analysis/table";
import { columnsOf, summaryColumnsOf, type ExperimentResult } from "../experiments/result";
import type { Provenance } from "./provenance";

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Text for a Markdown page: one line, no markup, no HTML, no table cell border. */
export function markdownText(text: string): string {
  return text.replace(CONTROL, " ").replace(/[\\`*_{}[\]<>|#~$&!]/g, (mark) => (mark === "<" ? "&lt;" : mark === ">" ? "&gt;" : mark === "&" ? "&amp;" : `\\${mark}`));
}

/** Text as inline code; backticks inside get a longer fence. */
function code(text: string): string {
  const clean = text.replace(CONTROL, " ").replace(/\|/g, "\\|");
  const longest = Math.max(0, ...(clean.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${clean}${fence}` : `${fence} ${clean} ${fence}`;
}

/**
 * The README of an export.
 *
 * @param paths the files of the export, in order
 */
export function readMe(result: ExperimentResult, provenance: Provenance, paths: readonly string[]): string {
  const { definition } = result;
  return [
    `# ${markdownText(definition.id)}`,
    `**${markdownText(definition.question)}** (${markdownText(definition.section)})`,
    "Made by Overlay Lab, the executable textbook of overlay, peer-to-peer and content-distribution networks.",
    ["## Verify", "", "Without any tool of ours, that no byte has changed: `sha256sum -c SHA256SUMS`.", "", `With Overlay Lab, that the same numbers come out again: ${code(`npm run verify -- build/exports/${definition.id}`)}. It runs the experiment anew from parameters and seed and names the file, row and column of any number that differs.`].join("\n"),
    ["## How it was made", "", ...howItWasMade(result, provenance)].join("\n"),
    ["## Files", "", "| file | what it is |", "| --- | --- |", ...[...paths, "README.md", "manifest.json", "ro-crate-metadata.json", "SHA256SUMS"].map((path) => `| ${code(path)} | ${fileMeaning(path)} |`)].join("\n"),
    ["## Columns of data.csv and data.jsonl", "", ...columnTable(columnsOf(definition))].join("\n"),
    ["## Columns of summary.csv", "", `Intervals are two-sided Student intervals over independent replications, coverage ${result.level}${definition.stopAt ? ": more than 0.95, because a stop rule looked at the data several times, so that the reported ones hold at 0.95" : ""}.`, "", ...columnTable(summaryColumnsOf(definition))].join("\n"),
    ["## Reading the tables", "", ...READING].join("\n"),
    ["## Cite", "", `Overlay Lab contributors: results of the experiment ${code(definition.id)}, ${citeVersion(provenance)}, seed ${result.seed}, data hash ${code(result.dataHash.slice(0, 16))}.`].join("\n"),
  ].join("\n\n") + "\n";
}

const READING = [
  "- CSV follows RFC 4180 (comma, CRLF, UTF-8 without byte order mark). A missing value is an empty field. Numbers are the shortest decimals that read back to the same bits.",
  "- Text that a spreadsheet would run as a formula (it begins with =, +, -, @, or a tab or line break before one) has an apostrophe in front in CSV; the text itself starts after it. JSON Lines holds every text as it is.",
  "- On another machine, system or version of Node 20 or later the files data.csv, data.jsonl, summary.csv, datapackage.json and LICENSE.txt come out the same to the byte. README.md, manifest.json, ro-crate-metadata.json and SHA256SUMS name commit and versions and differ with them. Figures can differ where the browser or its fonts do.",
];

function howItWasMade(result: ExperimentResult, provenance: Provenance): string[] {
  const parameters = Object.entries(result.parameters).map(([name, value]) => `- parameter ${code(name)}: ${code(JSON.stringify(value))}`);
  const commit = provenance.commit === null ? "unknown (no git clone)" : `${code(provenance.commit)}${provenance.dirty ? ", with uncommitted changes" : ""}`;
  return [
    `- command: ${code(provenance.command)}`,
    `- seed ${result.seed}, mode ${result.mode}, at most ${result.replications} replications of each of ${result.arms.length} arms`,
    ...parameters,
    `- commit: ${commit}`,
    `- code version: ${code(provenance.codeVersion)}`,
    ...provenance.inputs.map((input) => `- input ${code(input.path)}: ${input.bytes} bytes, sha256 ${code(input.sha256)}`),
  ];
}

function columnTable(columns: readonly Column[]): string[] {
  const rows = columns.map(({ name, type, unit, definition, title }) => `| ${code(name)} | ${type} | ${markdownText(unit ?? "")} | ${markdownText(definition ?? title ?? "")} |`);
  return ["| column | type | unit | meaning |", "| --- | --- | --- | --- |", ...rows];
}

function fileMeaning(path: string): string {
  const meanings: Record<string, string> = {
    "data.csv": "every observation, one row each",
    "data.jsonl": "the same rows, one JSON object a line",
    "summary.csv": "mean and interval of each metric in each arm",
    "claims.json": "what was claimed, published and measured",
    "datapackage.json": "columns, units, definitions, hashes (Data Package)",
    "LICENSE.txt": "terms of use",
    "README.md": "this page",
    "manifest.json": "parameters, seed, versions, hash of every file above",
    "ro-crate-metadata.json": "the same for research archives (RO-Crate)",
    SHA256SUMS: "hash of every file",
  };
  return meanings[path] ?? (path.endsWith(".svg") ? "figure as a picture" : "figure as data (Plotly JSON)");
}

function citeVersion(provenance: Provenance): string {
  const version = provenance.versions["overlay-lab"];
  const commit = provenance.commit === null ? "" : ` (commit ${code(provenance.commit.slice(0, 12))})`;
  return `version ${version ?? "unknown"}${commit}`;
}

/** The licence note of an export. */
export const LICENCE_NOTE = `MIT License

Copyright (c) Overlay Lab contributors

The tables, figures and descriptions in this folder were made by Overlay Lab
and may be used under the terms of its licence:

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.

Inputs named in manifest.json are not part of this folder and keep the terms
of their own authors.
`;
