/** What a user may ask of an experiment, and what an experiment may answer. */
import { cellFault } from "../analysis/check";
import type { Cell, Row } from "../analysis/table";
import { InvariantError, ParameterError } from "../errors";
import { canonicalJson } from "./canonical-json";
import { armsOf, type Arm, type ExperimentDefinition, type Levels, type Parameters } from "./define";
import { suggestName } from "./suggest";

/**
 * The parameters of a run: the defaults with the user's values put over them.
 *
 * @throws ParameterError for an unknown name (with the nearest known one) or a value of another type than the default
 */
export function checkParameters(definition: ExperimentDefinition, given: Parameters = {}): Parameters {
  const where = `experiment ${definition.id}`;
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(definition.parameters, name)) {
      throw new ParameterError({ what: "unknown parameter", got: name, expected: suggestName(name, Object.keys(definition.parameters)), where });
    }
    const expected = parameterKind(definition.parameters[name]);
    if (parameterKind(value) !== expected) {
      throw new ParameterError({ what: `bad value for ${name}`, got: value, expected, where: `${where}, parameter ${name}` });
    }
  }
  return Object.freeze({ ...definition.parameters, ...given });
}

function parameterKind(value: unknown): string {
  if (Array.isArray(value)) return value.every((each) => typeof each === "number" && Number.isFinite(each)) ? "a list of numbers" : "something else";
  if (typeof value === "number") return Number.isFinite(value) ? "a number" : "something else";
  if (typeof value === "string") return "text";
  return typeof value === "boolean" ? "true or false" : "something else";
}

/** Which arms to run: all, those at some levels, or a list. */
export interface ArmChoice {
  /** Levels by factor; factors not named keep all. A factor of numbers takes any number of its type, one of texts or truth values only those of the experiment. */
  readonly levels?: Levels;
  /** The arms to run, each one that the levels give. */
  readonly arms?: readonly Arm[];
}

/**
 * The arms of a run, in the order of the experiment.
 *
 * @throws ParameterError for an unknown factor, level or arm, with the nearest known one; InvariantError when the experiment's own arms are malformed
 */
export function chooseArms(definition: ExperimentDefinition, parameters: Parameters, choice: ArmChoice): readonly Arm[] {
  const where = `experiment ${definition.id}`;
  const levels: Levels = Object.fromEntries(Object.entries(choice.levels ?? {}).map(([factor, wanted]) => [factor, orderedLevels(definition, factor, wanted)]));
  let chosen = checkArms(definition, armsOf(definition, parameters, levels)).filter((arm) => Object.entries(levels).every(([factor, wanted]) => wanted.includes(arm[factor])));
  if (choice.arms) {
    const known = new Set(chosen.map(canonicalJson));
    const wanted = new Set(choice.arms.map(canonicalJson));
    for (const arm of wanted) {
      if (!known.has(arm)) throw new ParameterError({ what: "unknown arm", got: arm, expected: suggestName(arm, [...known].slice(0, 10)), where });
    }
    chosen = chosen.filter((arm) => wanted.has(canonicalJson(arm)));
  }
  if (chosen.length === 0) throw new ParameterError({ what: "no arm left to run", got: choice, expected: "at least one level of every factor", where });
  return chosen;
}

/** The wanted levels, each once: numbers ascending, texts and truth values as the experiment lists them. */
function orderedLevels(definition: ExperimentDefinition, name: string, wanted: readonly Cell[]): readonly Cell[] {
  const where = `experiment ${definition.id}`;
  const factor = definition.factors.find((each) => each.name === name);
  if (factor === undefined) throw new ParameterError({ what: "unknown factor", got: name, expected: suggestName(name, definition.factors.map((each) => each.name)), where });
  for (const level of wanted) {
    const fault = cellFault(factor, level);
    if (fault !== null || level === null) throw new ParameterError({ what: `bad level of ${name}`, got: level, expected: fault ?? "a value", where });
    const free = factor.type === "number" || factor.type === "integer";
    if (!free && !factor.levels.includes(level)) throw new ParameterError({ what: `unknown level of ${name}`, got: level, expected: suggestName(String(level), factor.levels.map(String)), where });
  }
  const distinct = [...new Set(wanted)];
  return factor.type === "number" || factor.type === "integer" ? distinct.sort((a, b) => Number(a) - Number(b)) : factor.levels.filter((level) => distinct.includes(level));
}

function checkArms(definition: ExperimentDefinition, arms: readonly Arm[]): readonly Arm[] {
  const seen = new Set<string>();
  for (const arm of arms) {
    const where = `arms of experiment ${definition.id}`;
    const clean = checkCells(arm, definition.factors, where);
    const key = canonicalJson(clean);
    if (seen.has(key)) throw new InvariantError({ what: "arm listed twice", got: clean, expected: "distinct arms", where });
    seen.add(key);
  }
  return arms.map((arm) => checkCells(arm, definition.factors, `arms of experiment ${definition.id}`));
}

/**
 * Checks what a run returned.
 *
 * @returns the rows with the metrics in the order of the definition, frozen, -0 as 0
 * @throws InvariantError naming the job, row and metric of the first fault
 */
export function checkRows(definition: ExperimentDefinition, returned: unknown, where: string): readonly Row[] {
  if (!Array.isArray(returned)) throw new InvariantError({ what: "run returned no rows", got: returned, expected: "a list of rows", where });
  if (returned.length === 0) throw new InvariantError({ what: "run returned no rows", got: returned, expected: "at least one row", where });
  return Object.freeze(returned.map((row: unknown, index) => checkCells(row, definition.metrics, returned.length === 1 ? where : `${where}, row ${index + 1}`)));
}

function checkCells(row: unknown, columns: ExperimentDefinition["metrics"] | ExperimentDefinition["factors"], where: string): Row {
  if (typeof row !== "object" || row === null) throw new InvariantError({ what: "bad row", got: row, expected: "an object with one cell per column", where });
  const names = columns.map((column) => column.name);
  const stranger = Object.keys(row).find((name) => !names.includes(name));
  if (stranger !== undefined) throw new InvariantError({ what: "value for a column that is not declared", got: stranger, expected: suggestName(stranger, names), where });
  const clean: Record<string, Cell> = {};
  for (const column of columns) {
    const value: unknown = Object.hasOwn(row, column.name) ? (row as Row)[column.name] : undefined;
    const fault = value === "" ? "text that is not empty, or null" : cellFault(column, value);
    if (fault !== null) throw new InvariantError({ what: `bad value for ${column.name}`, got: value, expected: fault, where });
    // Neither CSV nor JSON keeps the sign of a zero.
    clean[column.name] = value === 0 ? 0 : (value as Cell);
  }
  return Object.freeze(clean);
}
