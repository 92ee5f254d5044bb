/**
 * Checks of what callers give whom no type checker protects: JSON files, notebooks, plain JavaScript. Each names the field with its place
 * ("faults[2].groups"). Not for hot paths: there a comparison stands where the value is used.
 */
import { ParameterError, suggestName } from "../errors";

/** Throws the error that all of these share. */
export function refuse(path: string, got: unknown, expected: string): never {
  throw new ParameterError({ what: `bad value for ${path}`, got, expected, where: `parameter ${path}` });
}

/**
 * Checks that a value is an object with no other fields than the known ones.
 * @param path how the caller would write the value
 * @param known the names of its fields; any name will do if absent
 * @returns the value
 * @throws ParameterError for anything else, with the nearest name for an unknown field
 */
export function checkRecord<T extends object>(path: string, value: T, known?: readonly string[]): T {
  if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(path, value, known === undefined ? "an object" : `an object with fields ${known.join(", ")}`);
  if (known === undefined) return value;
  for (const name of Object.keys(value)) {
    if (!known.includes(name)) throw new ParameterError({ what: `unknown field ${name}`, got: name, expected: suggestName(name, known), where: `${path}.${name}` });
  }
  return value;
}

/** Checks that a value is an array. @returns the value @throws ParameterError if it is not */
export function checkList<T>(path: string, value: readonly T[], of: string): readonly T[] {
  return Array.isArray(value) ? value : refuse(path, value, `a list of ${of}`);
}

/** Checks that a value is a function. @throws ParameterError if it is not */
export function checkFunction(path: string, value: unknown): void {
  if (typeof value !== "function") refuse(path, value, "a function");
}

/** Checks that a value is a text. @throws ParameterError if it is not */
export function checkText(path: string, value: unknown): void {
  if (typeof value !== "string") refuse(path, value, "a text");
}

/** Checks that a value is an object that has methods of these names. @throws ParameterError if it has not */
export function checkMethods(path: string, value: unknown, methods: readonly string[]): void {
  const has = typeof value === "object" && value !== null && methods.every((name) => typeof (value as { readonly [name: string]: unknown })[name] === "function");
  if (!has) refuse(path, value, `an object with ${methods.join(", ")}`);
}

/** Checks the `kind` of a value that is one of several. @throws ParameterError naming the kinds, the nearest first */
export function checkKindOf(path: string, kind: unknown, kinds: readonly string[], what: string): void {
  if (typeof kind === "string" && kinds.includes(kind)) return;
  throw new ParameterError({ what: `unknown ${what}`, got: kind, expected: suggestName(String(kind), kinds), where: `${path}.kind` });
}
