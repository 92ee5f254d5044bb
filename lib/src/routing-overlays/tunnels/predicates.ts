/**
 * Content-based addressing: a packet carries attributes instead of a destination, and receivers state what they want as filters. A filter is a
 * conjunction of constraints; it covers another one if it accepts everything that the other accepts, so a router that already asked for the wider one
 * need not ask for the narrower (Carzaniga, Rosenblum, Wolf, "Design and evaluation of a wide-area event notification service", TOCS 2001, section 3).
 * The covering test is sound but not complete: it looks for one constraint of the narrower filter that implies each one of the wider.
 * Not modelled: disjunctions (subscribe twice), patterns over several packets. Tests: test/routing-overlays/tunnels/predicates.test.ts
 */
import { ParameterError } from "../../errors";
import { checkList, checkObject } from "../../network/check-input";

/** What a packet carries: names with numbers or texts. */
export type Attributes = Readonly<Record<string, number | string>>;

/** How an attribute is compared. "prefix" is for texts; "exists" takes any value. */
export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "prefix" | "exists";

/** One comparison. A packet without the attribute, or with a value of the other kind, does not meet it. */
export interface Constraint {
  readonly attribute: string;
  readonly operator: Operator;
  /** Absent with "exists". */
  readonly value?: number | string;
}

/** All of these must hold. An empty filter accepts everything. */
export type Filter = readonly Constraint[];

const OPERATORS: readonly Operator[] = ["=", "!=", "<", "<=", ">", ">=", "prefix", "exists"];
const ATTRIBUTE = /^[a-z][a-z0-9_]{0,63}$/;

/**
 * Checks a filter and puts it into its one canonical order.
 * @throws ParameterError for a bad attribute name, operator or value
 */
export function canonicalFilter(filter: Filter): Filter {
  const checked = checkList("filter", filter, "a list of constraints").map(checkConstraint);
  const texts = new Map(checked.map((constraint) => [constraintText(constraint), constraint]));
  return [...texts.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map((text) => texts.get(text) as Constraint);
}

/** Refuses what is no list of constraints. Looks at their shape only, since packets are matched often. */
function checkFilter(name: string, filter: Filter): void {
  for (const constraint of checkList(name, filter, "a list of constraints")) {
    if (!OPERATORS.includes(checkObject(`constraint of ${name}`, constraint, "attribute, operator and value").operator)) checkConstraint(constraint);
  }
}

function checkConstraint(constraint: Constraint): Constraint {
  const { attribute, operator, value } = checkObject("constraint", constraint, "attribute, operator and value");
  if (typeof attribute !== "string" || !ATTRIBUTE.test(attribute)) throw new ParameterError({ what: "bad attribute name", got: attribute, expected: "lower-case letters, digits and underscores" });
  if (!OPERATORS.includes(operator)) throw new ParameterError({ what: "bad operator", got: operator, expected: OPERATORS.join(" ") });
  const fits = operator === "exists" ? value === undefined : operator === "prefix" ? typeof value === "string" : typeof value === "string" || (typeof value === "number" && Number.isFinite(value));
  if (!fits) throw new ParameterError({ what: `bad value to compare with ${operator}`, got: value, expected: operator === "exists" ? "none" : operator === "prefix" ? "a text" : "a text or a finite number", where: `attribute ${attribute}` });
  return operator === "exists" ? { attribute, operator } : { attribute, operator, value };
}

function constraintText(constraint: Constraint): string {
  return JSON.stringify([constraint.attribute, constraint.operator, constraint.value ?? null]);
}

/** One text for a filter; equal filters have equal texts. */
export function filterText(filter: Filter): string {
  return JSON.stringify(canonicalFilter(filter).map((part) => [part.attribute, part.operator, ...(part.value === undefined ? [] : [part.value])]));
}

/** Reads {@link filterText} back. @throws ParameterError for anything else */
export function parseFilter(text: string): Filter {
  const parts = parseJson(text);
  if (!Array.isArray(parts) || !parts.every(Array.isArray)) throw new ParameterError({ what: "not a filter", got: text, expected: 'such as [["price","<",10]]' });
  return canonicalFilter(parts.map(([attribute, operator, value]) => ({ attribute, operator, value })));
}

/** One text for attributes, names in order. @throws ParameterError for a bad name or value */
export function attributesText(attributes: Attributes): string {
  const names = Object.keys(attributes).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  for (const attribute of names) checkConstraint({ attribute, operator: "=", value: attributes[attribute] });
  return JSON.stringify(names.map((name) => [name, attributes[name]]));
}

/** Reads {@link attributesText} back. @throws ParameterError for anything else */
export function parseAttributes(text: string): Attributes {
  const pairs = parseJson(text);
  if (!Array.isArray(pairs) || !pairs.every((pair) => Array.isArray(pair) && pair.length === 2)) throw new ParameterError({ what: "not attributes", got: text, expected: 'such as [["price",7]]' });
  for (const [attribute, value] of pairs) checkConstraint({ attribute, operator: "=", value });
  return Object.fromEntries(pairs);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ParameterError({ what: "not JSON", got: text, expected: "a list" });
  }
}

/** Whether attributes meet a filter. @throws ParameterError for what is no filter or no attributes */
export function matches(filter: Filter, attributes: Attributes): boolean {
  checkFilter("filter", filter);
  checkObject("attributes", attributes, "names with numbers or texts");
  return filter.every((constraint) => meets(constraint, Object.prototype.hasOwnProperty.call(attributes, constraint.attribute) ? attributes[constraint.attribute] : undefined));
}

function meets({ operator, value: bound }: Constraint, value: number | string | undefined): boolean {
  if (value === undefined) return false;
  if (operator === "exists") return true;
  if (bound === undefined || typeof value !== typeof bound) return false;
  switch (operator) {
    case "=":
      return value === bound;
    case "!=":
      return value !== bound;
    case "<":
      return value < bound;
    case "<=":
      return value <= bound;
    case ">":
      return value > bound;
    case ">=":
      return value >= bound;
    case "prefix":
      return (value as string).startsWith(bound as string);
  }
}

/** True only if everything that `narrow` accepts is accepted by `wide`. (May be false although that is so.) @throws ParameterError for what is no filter */
export function covers(wide: Filter, narrow: Filter): boolean {
  checkFilter("wide", wide);
  checkFilter("narrow", narrow);
  return wide.every((constraint) => narrow.some((other) => other.attribute === constraint.attribute && implies(other, constraint)));
}

/** Whether every value that meets `a` meets `b`. */
function implies(a: Constraint, b: Constraint): boolean {
  if (b.operator === "exists") return true;
  if (a.operator === "exists" || a.value === undefined || b.value === undefined || typeof a.value !== typeof b.value) return false;
  if (a.operator === "=") return meets(b, a.value);
  const [x, y] = [a.value, b.value];
  switch (b.operator) {
    case "=":
      return false;
    case "!=":
      return (a.operator === "!=" && x === y) || (a.operator === "<" && x <= y) || (a.operator === "<=" && x < y) || (a.operator === ">" && x >= y) || (a.operator === ">=" && x > y) || (a.operator === "prefix" && !(y as string).startsWith(x as string));
    case "<":
      return (a.operator === "<" && x <= y) || (a.operator === "<=" && x < y);
    case "<=":
      return (a.operator === "<" || a.operator === "<=") && x <= y;
    case ">":
      return (a.operator === ">" && x >= y) || (a.operator === ">=" && x > y);
    case ">=":
      return ((a.operator === ">" || a.operator === ">=") && x >= y) || (a.operator === "prefix" && x >= y);
    case "prefix":
      return a.operator === "prefix" && (x as string).startsWith(y as string);
  }
}

/** Of some filters those that no other one covers; of filters that cover each other the first by text. In order of text. */
export function widest(filters: readonly Filter[]): Filter[] {
  const texts = [...new Set(filters.map(filterText))].sort((a, b) => (a < b ? -1 : 1));
  const parsed = texts.map(parseFilter);
  return parsed.filter((filter, index) => !parsed.some((other, at) => at !== index && covers(other, filter) && (at < index || !covers(filter, other))));
}
