/**
 * Whether a list of faults is well formed. All of it is checked before any of it is put into force, so a mistake in the last fault
 * leaves nothing half done. Errors name the place: `faults[2].groups[0][1]`.
 */
import { ParameterError, checkNumber } from "../errors";
import { checkKindOf, checkList, checkRecord, refuse } from "./checks";
import { samplerOf, type Distribution } from "./distributions";
import { checkNode } from "./effects";
import type { Fault } from "./faults";

/** A fault as it may come from a file. */
interface Fields {
  readonly [name: string]: unknown;
}

/** Checks one field; `fault` for what it depends on. */
type Check = (path: string, value: unknown, nodes: number, fault: Fields) => void;

const MICROSECONDS = { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" } as const;

const optional = (check: Check): Check => (path, value, nodes, fault) => {
  if (value !== undefined) check(path, value, nodes, fault);
};
const time: Check = (path, value) => void checkNumber(path, value, MICROSECONDS);
const probability: Check = (path, value) => void checkNumber(path, value, { min: 0, max: 1 });
const node: Check = (path, value, nodes) => checkNode(value as number, nodes, path);
const flag: Check = (path, value) => {
  if (typeof value !== "boolean") refuse(path, value, "true or false");
};
/** A time that does not come before that of another field, which has been checked. */
const notBefore = (name: string): Check => (path, value, _nodes, fault) => void checkNumber(path, value, { ...MICROSECONDS, min: (fault[name] as number | undefined) ?? 0 });

const nodeList: Check = (path, value, nodes) => {
  checkList(path, value as number[], "nodes").forEach((member, index) => checkNode(member, nodes, `${path}[${index}]`));
};

const distinctNodes: Check = (path, value, nodes, fault) => {
  nodeList(path, value, nodes, fault);
  const members = value as readonly number[];
  if (new Set(members).size !== members.length) throw new ParameterError({ what: "a node is listed twice", got: members, expected: "each node once", where: path });
};

const groups: Check = (path, value, nodes) => {
  const seen = new Set<number>();
  const list = checkList(path, value as number[][], "groups of nodes");
  if (list.length === 0) refuse(path, value, "at least one group of nodes");
  list.forEach((members, index) => {
    checkList(`${path}[${index}]`, members, "nodes").forEach((member, place) => {
      const where = `${path}[${index}][${place}]`;
      checkNode(member, nodes, where);
      if (seen.has(member)) throw new ParameterError({ what: "a node is listed twice in a partition", got: member, expected: "groups without common nodes", where });
      seen.add(member);
    });
  });
};

const intervals: Check = (path, value) => {
  let endUs = 0;
  checkList(path, value as [number, number][], "pairs [fromUs, untilUs]").forEach((pair, index) => {
    const at = `${path}[${index}]`;
    if (checkList(at, pair, "two times, [fromUs, untilUs]").length !== 2) refuse(at, pair, "two times, [fromUs, untilUs]");
    checkNumber(`${at}[0]`, pair[0], { ...MICROSECONDS, min: endUs, unit: "µs, intervals in order" });
    endUs = checkNumber(`${at}[1]`, pair[1], { ...MICROSECONDS, min: pair[0] });
  });
};

const sessions: Check = (path, value, nodes) => {
  checkList(path, value as Fields[], "sessions").forEach((session, index) => {
    const at = `${path}[${index}]`;
    checkRecord(at, session, ["node", "upUs", "downUs"]);
    checkNode(session.node as number, nodes, `${at}.node`);
    const upUs = checkNumber(`${at}.upUs`, session.upUs, MICROSECONDS);
    if (session.downUs !== undefined) checkNumber(`${at}.downUs`, session.downUs, { ...MICROSECONDS, min: upUs });
  });
};

/**
 * A distribution of times. Draws below a microsecond count as one, which is meant for the tail of a law: a law that lies below as a
 * whole, or reaches below zero other than in the tail of a normal one, is a mistake, often of the unit.
 */
const duration: Check = (path, value) => {
  const law = value as Distribution;
  samplerOf(law, path);
  const atLeast = (name: string, number: number, min: number) => void checkNumber(`${path}.${name}`, number, { min, unit: "µs" });
  switch (law.kind) {
    case "constant":
      return atLeast("value", law.value, 1);
    case "uniform":
      atLeast("min", law.min, 0);
      return atLeast("max", law.max, 1);
    case "exponential":
    case "normal":
      return atLeast("mean", law.mean, 1);
    case "log-normal":
      return atLeast("median", law.median, 1);
    case "pareto":
    case "weibull":
      return atLeast("scale", law.scale, 1);
    case "empirical":
      law.values.forEach((one, index) => atLeast(`values[${index}]`, one, 0));
      if (!law.values.some((one) => one >= 1)) refuse(`${path}.values`, law.values, "at least one value >= 1 µs");
      return;
    case "quantiles":
      atLeast("points[0][0]", law.points[0][0], 0);
      return atLeast(`points[${law.points.length - 1}][0]`, law.points[law.points.length - 1][0], 1);
  }
};

const WINDOW = { fromUs: optional(time), untilUs: optional(notBefore("fromUs")) };
const SCOPE = { ...WINDOW, from: optional(nodeList), to: optional(nodeList) };

/** The fields of every kind of fault, each after those that it depends on. */
const FIELDS: { readonly [kind in Fault["kind"]]: { readonly [name: string]: Check } } = {
  loss: { ...SCOPE, probability },
  delay: {
    ...SCOPE,
    minUs: time,
    maxUs: (path, value, _nodes, { minUs }) => void checkNumber(path, value, { ...MICROSECONDS, min: minUs as number, max: (minUs as number) + 4294967295 }),
    probability: optional(probability),
  },
  duplicate: { ...SCOPE, probability, spreadUs: optional((path, value) => void checkNumber(path, value, { ...MICROSECONDS, max: 4294967295 })) },
  partition: { ...WINDOW, groups },
  outage: { a: node, b: node, oneWay: optional(flag), intervals },
  crash: { node, atUs: time, restartUs: optional(notBefore("atUs")) },
  pause: { node, fromUs: time, untilUs: notBefore("fromUs") },
  churn: { ...WINDOW, nodes: optional(distinctNodes), sessionUs: duration, downtimeUs: duration },
  sessions: { sessions },
};

/**
 * Checks a list of faults.
 * @param faults as a caller gave it
 * @param nodes how many nodes there are
 * @returns the list
 * @throws ParameterError naming the field and its place
 */
export function checkFaults(faults: readonly Fault[], nodes: number): readonly Fault[] {
  checkList("faults", faults, "faults").forEach((fault, index) => {
    const path = `faults[${index}]`;
    checkRecord(path, fault);
    checkKindOf(path, fault.kind, Object.keys(FIELDS), "fault");
    const checks = FIELDS[fault.kind];
    checkRecord(path, fault, ["kind", ...Object.keys(checks)]);
    const fields = fault as unknown as Fields;
    for (const [name, check] of Object.entries(checks)) check(`${path}.${name}`, fields[name], nodes, fields);
  });
  return faults;
}
