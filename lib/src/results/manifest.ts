/** The manifest of an export: all that is needed to run it again and to check every file. */
import { createHash } from "node:crypto";
import { ParseError } from "../errors";
import type { Arm, Parameters } from "../experiments/define";
import type { ExperimentResult, RunMode } from "../experiments/result";
import type { InputFile, Provenance } from "./provenance";

/** Version of the manifest's layout; another number asks for another reader. */
export const MANIFEST_SCHEMA = "overlay-lab-export/1";

/** A file of an export. */
export interface OutputFile {
  /** Path within the export, with "/". */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** What `manifest.json` holds. Nothing in it depends on when or how long the run was. */
export interface Manifest {
  readonly schema: string;
  readonly experiment: string;
  readonly question: string;
  readonly section: string;
  readonly parameters: Parameters;
  readonly arms: readonly Arm[];
  readonly seed: number;
  readonly mode: RunMode;
  /** Largest number of replications per arm. */
  readonly replications: number;
  /** Coverage of the intervals in summary.csv. */
  readonly level: number;
  /** SHA-256 of rows and summary as numbers: equal on every machine. */
  readonly dataHash: string;
  readonly codeVersion: string;
  readonly commit: string | null;
  readonly dirty: boolean | null;
  readonly date: string | null;
  readonly command: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly lockfileSha256: string | null;
  readonly inputs: readonly InputFile[];
  /** Every file of the export but this one, ro-crate-metadata.json and SHA256SUMS. */
  readonly outputs: readonly OutputFile[];
}

/** Builds the manifest of a result. */
export function makeManifest(result: ExperimentResult, provenance: Provenance, outputs: readonly OutputFile[]): Manifest {
  const { definition, parameters, arms, seed, mode, replications, level, dataHash } = result;
  const { codeVersion, commit, dirty, date, command, versions, lockfileSha256, inputs } = provenance;
  return {
    schema: MANIFEST_SCHEMA,
    experiment: definition.id,
    question: definition.question,
    section: definition.section,
    ...{ parameters, arms, seed, mode, replications, level, dataHash },
    ...{ codeVersion, commit, dirty, date, command, versions, lockfileSha256, inputs },
    outputs,
  };
}

/** A file as it stands in a manifest. */
export function describeOutput(path: string, content: string | Uint8Array): OutputFile {
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  return { path, sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length };
}

/** JSON as every file of an export writes it: two spaces, final line end. */
export function prettyJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

const CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  schema: (value) => value === MANIFEST_SCHEMA,
  experiment: isText,
  parameters: isObject,
  arms: (value) => Array.isArray(value) && value.every(isObject),
  seed: Number.isSafeInteger,
  mode: (value) => value === "quick" || value === "full",
  replications: Number.isSafeInteger,
  dataHash: isText,
  codeVersion: isText,
  outputs: (value) => Array.isArray(value) && value.every((file) => isObject(file) && isText(file.path) && isText(file.sha256) && Number.isSafeInteger(file.bytes)),
};

/**
 * Reads a manifest.
 *
 * @param text content of manifest.json
 * @throws ParseError when it is no JSON, has another layout, or lacks a part needed for verification
 */
export function readManifest(text: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ParseError({ what: `manifest.json is not JSON: ${(error as Error).message}`, where: "manifest.json", offset: 0 });
  }
  if (!isObject(value)) throw new ParseError({ what: "manifest.json holds no object", got: value, where: "manifest.json", offset: 0 });
  for (const [name, check] of Object.entries(CHECKS)) {
    if (!check(value[name])) throw new ParseError({ what: `bad ${name} in the manifest`, got: value[name], expected: name === "schema" ? MANIFEST_SCHEMA : "the kind of value an export writes", where: "manifest.json", offset: 0 });
  }
  return value as unknown as Manifest;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
