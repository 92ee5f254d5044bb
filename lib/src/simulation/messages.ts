/** Plain data as messages: freezing, copying, and one canonical text per value. */
import { ParameterError } from "../errors";

/** Freezes an object with everything it holds; array buffers and their views cannot be frozen and stay as they are. */
export function freezeDeep<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) freezeDeep(part);
  return value;
}

/**
 * A structured clone of a message: what a real network would deliver.
 * @throws ParameterError when the message holds something that cannot travel, such as a function
 */
export function copyMessage<T>(message: T): T {
  try {
    return structuredClone(message);
  } catch (error) {
    throw new ParameterError({ what: "a message holds something that cannot travel", got: message, expected: `plain data (${error instanceof Error ? error.message : String(error)})` });
  }
}

/**
 * One text for a value: equal values have equal texts whatever the order of their keys. Plain data, typed arrays, maps, sets, bigint; class
 * instances count as their own fields; a function counts as its name. Cycles are refused.
 * @throws ParameterError when a value contains itself
 */
export function canonicalText(value: unknown): string {
  return textOf(value, []);
}

function textOf(value: unknown, above: readonly object[]): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `function ${value.name}`;
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
  if (above.includes(value)) throw new ParameterError({ what: "a value contains itself", expected: "data without cycles" });
  const path = [...above, value];
  const inner = (part: unknown) => textOf(part, path);
  if (Array.isArray(value)) return `[${value.map(inner).join(",")}]`;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return `${value.constructor.name}[${Array.from(value as unknown as ArrayLike<number>, inner).join(",")}]`;
  if (value instanceof Map) return `map{${sorted([...value].map(([key, part]) => `${inner(key)}:${inner(part)}`))}}`;
  if (value instanceof Set) return `set{${sorted([...value].map(inner))}}`;
  return `{${sorted(Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}:${inner(part)}`))}}`;
}

function sorted(parts: string[]): string {
  return parts.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).join(",");
}
