/** Checks of arguments that are objects or texts, for callers that TypeScript does not protect. Numbers and words are checked by errors.ts, bytes by bytes.ts. */
import { ParameterError, suggestName } from "../errors";

/** Refuses what is no object that has the named fields. @param expected what would do, in words @returns the object */
export function checkObject<T extends object>(name: string, value: T, expected: string, fields: readonly (keyof T & string)[] = []): T {
  if (typeof value === "object" && value !== null && fields.every((field) => value[field] !== undefined && value[field] !== null)) return value;
  throw new ParameterError({ what: `bad value for ${name}`, got: value, expected, where: `parameter ${name}` });
}

/** Refuses what is no text. @returns the text */
export function checkText(name: string, value: string): string {
  if (typeof value === "string") return value;
  throw new ParameterError({ what: `bad value for ${name}`, got: value, expected: "a text", where: `parameter ${name}` });
}

/**
 * Refuses options that are no object, or hold a name that none of the known options has: a misspelt one would silently do nothing.
 * @returns the options
 * @throws ParameterError naming the nearest known option
 */
export function checkOptionNames<T extends object>(options: T, known: readonly string[]): T {
  checkObject("options", options, `an object with ${known.join(", ")}`);
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw new ParameterError({ what: `unknown option ${name}`, got: name, expected: suggestName(name, known), where: `parameter options.${name}` });
  }
  return options;
}
