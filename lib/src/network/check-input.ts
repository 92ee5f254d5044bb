/** Checks of arguments that are objects, for callers that TypeScript does not protect. Numbers and words are checked by errors.ts. */
import { ParameterError } from "../errors";

/** Refuses a missing object. @param expected what would do, in words @returns the object */
export function checkObject<T extends object>(name: string, value: T, expected: string): T {
  if (typeof value === "object" && value !== null) return value;
  throw new ParameterError({ what: `bad value for ${name}`, got: value, expected, where: `parameter ${name}` });
}

/** Refuses what is no array of any kind. @returns the list */
export function checkList<T extends ArrayLike<unknown>>(name: string, value: T, expected = "a list"): T {
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return value;
  throw new ParameterError({ what: `bad value for ${name}`, got: value, expected, where: `parameter ${name}` });
}

/** Refuses a missing random stream. @returns the stream */
export function checkRandom<T extends { uniform(): number }>(name: string, value: T): T {
  if (typeof value === "object" && value !== null && typeof value.uniform === "function") return value;
  throw new ParameterError({ what: `bad value for ${name}`, got: value, expected: "a RandomStream", where: `parameter ${name}` });
}

/** Refuses what has not all of these methods. @param expected what would do, in words @returns the object */
export function checkMethods<T extends object>(name: string, value: T, methods: readonly (keyof T & string)[], expected: string): T {
  if (typeof value === "object" && value !== null && methods.every((method) => typeof value[method] === "function")) return value;
  throw new ParameterError({ what: `bad value for ${name}`, got: value, expected, where: `parameter ${name}` });
}
