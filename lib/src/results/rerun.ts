/** Runs an export's experiment again, without any cache, and compares every value of its tables. */
import type { Cell, Column, Row, Table } from "../analysis/table";
import { readCsv } from "../codecs/csv";
import { ParseError } from "../errors";
import type { ExperimentDefinition } from "../experiments/define";
import { experimentById } from "../experiments/registry";
import type { ExperimentResult } from "../experiments/result";
import { runExperiment } from "../experiments/run";
import type { Manifest } from "./manifest";
import type { Problem } from "./problem";

/** Differences reported per file; the rest are counted. */
const MOST_PER_FILE = 50;

/**
 * Compares data.csv, data.jsonl, summary.csv and the data hash with those of a second run.
 *
 * @param problems receives what differs, naming file, row and column
 * @returns how many values were compared
 */
export function compareWithRerun(
  manifest: Manifest,
  contents: ReadonlyMap<string, Uint8Array>,
  experiments: readonly ExperimentDefinition[],
  problems: Problem[],
  onProgress?: (done: number, planned: number) => void,
): number {
  const result = runAgain(manifest, experiments, problems, onProgress);
  if (result === null) return 0;
  if (result.dataHash !== manifest.dataHash) {
    problems.push({ file: "manifest.json", column: "dataHash", message: "data hash of the second run differs", expected: result.dataHash, got: manifest.dataHash });
  }
  const text = (path: string) => Buffer.from(contents.get(path) ?? []).toString("utf8");
  let compared = 0;
  const compare = (path: string, expected: Table, read: (content: string, columns: readonly Column[]) => readonly Row[]) => {
    // Listings report a missing file.
    if (!contents.has(path)) return;
    try {
      compared += compareRows(path, expected, read(text(path), expected.columns), problems);
    } catch (error) {
      problems.push({ file: path, message: `cannot be read: ${(error as Error).message}` });
    }
  };
  const csv = (path: string) => (content: string, columns: readonly Column[]) => readCsv(content, { name: path, columns }).rows;
  compare("data.csv", result.table(), csv("data.csv"));
  compare("data.jsonl", result.table(), readJsonLines);
  compare("summary.csv", result.summaryTable(), csv("summary.csv"));
  return compared;
}

function runAgain(manifest: Manifest, experiments: readonly ExperimentDefinition[], problems: Problem[], onProgress?: (done: number, planned: number) => void): ExperimentResult | null {
  try {
    const definition = experimentById(manifest.experiment, experiments);
    const { seed, mode, parameters, arms, replications } = manifest;
    return runExperiment(definition, { seed, mode, parameters, arms, replications, onProgress: onProgress && (({ done, planned }) => onProgress(done, planned)) });
  } catch (error) {
    problems.push({ file: "manifest.json", message: `the experiment cannot be run again: ${(error as Error).message}` });
    return null;
  }
}

/** Reads JSON Lines; a line that is no object is refused with its number. */
export function readJsonLines(content: string): readonly Row[] {
  const lines = content.split("\n");
  if (lines[lines.length - 1] === "") lines.pop();
  return lines.map((line, index) => {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      value = undefined;
    }
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Row;
    throw new ParseError({ what: "line is no JSON object", got: line, expected: "one JSON object a line", where: `data.jsonl, line ${index + 1}`, offset: 0 });
  });
}

function compareRows(file: string, expected: Table, got: readonly Row[], problems: Problem[]): number {
  if (got.length !== expected.rows.length) problems.push({ file, message: "another number of rows than the second run gives", expected: expected.rows.length, got: got.length });
  let compared = 0;
  let different = 0;
  const rows = Math.min(got.length, expected.rows.length);
  for (let index = 0; index < rows; index++) {
    const stranger = Object.keys(got[index]).find((name) => !expected.columns.some((column) => column.name === name));
    if (stranger !== undefined) problems.push({ file, row: index + 1, column: stranger, message: "column that the second run does not have" });
    for (const { name } of expected.columns) {
      compared += 1;
      const wanted = expected.rows[index][name];
      const found: Cell | undefined = got[index][name];
      if (Object.is(wanted, found)) continue;
      different += 1;
      if (different <= MOST_PER_FILE) problems.push({ file, row: index + 1, column: name, message: "differs from the second run", expected: wanted, got: found });
    }
  }
  if (different > MOST_PER_FILE) problems.push({ file, message: `${different - MOST_PER_FILE} more values differ from the second run` });
  return compared;
}
