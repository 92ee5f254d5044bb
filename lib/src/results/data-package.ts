/** `datapackage.json`: the tables of an export described by the Data Package standard (version 2, Table Schema). */
import type { Column } from "../analysis/table";
import { columnsOf, summaryColumnsOf, type ExperimentResult } from "../experiments/result";
import type { OutputFile } from "./manifest";

const CSV_DIALECT = { header: true, delimiter: ",", lineTerminator: "\r\n", quoteChar: '"', doubleQuote: true };

/**
 * Describes the tables of an export.
 *
 * @param result the run
 * @param tables data.csv, data.jsonl and summary.csv with hash and size
 */
export function dataPackage(result: ExperimentResult, tables: readonly OutputFile[]): object {
  const { definition } = result;
  const described: Record<string, readonly [name: string, description: string, columns: readonly Column[]]> = {
    "data.csv": ["data", "One row per observation: the arm, the replication, the metrics.", columnsOf(definition)],
    "data.jsonl": ["data-lines", "The same rows as JSON Lines, text as it is (data.csv puts an apostrophe before text that a spreadsheet would run as a formula).", columnsOf(definition)],
    "summary.csv": ["summary", `Each metric of each arm over its replications; intervals are two-sided Student intervals of coverage ${result.level} per arm and metric.`, summaryColumnsOf(definition)],
  };
  return {
    $schema: "https://datapackage.org/profiles/2.0/datapackage.json",
    name: definition.id,
    title: definition.question,
    description: `Results of the experiment ${definition.id} of Overlay Lab (${definition.section}), seed ${result.seed}.`,
    licenses: [{ name: "MIT", path: "LICENSE.txt" }],
    resources: tables.map((file) => {
      const [name, description, columns] = described[file.path];
      const csv = file.path.endsWith(".csv");
      return {
        name,
        type: "table",
        path: file.path,
        description,
        format: csv ? "csv" : "jsonl",
        mediatype: csv ? "text/csv" : "application/jsonl",
        encoding: "utf-8",
        bytes: file.bytes,
        hash: `sha256:${file.sha256}`,
        ...(csv ? { dialect: CSV_DIALECT } : {}),
        schema: { fields: columns.map(field), missingValues: [""] },
      };
    }),
  };
}

function field(column: Column): object {
  const { name, title, type, unit, definition } = column;
  const description = [definition, unit === undefined ? undefined : `Unit: ${unit}.`].filter((part) => part !== undefined).join(" ");
  return { name, ...(title === undefined ? {} : { title }), type, ...(description === "" ? {} : { description }), ...(unit === undefined ? {} : { unit }) };
}
