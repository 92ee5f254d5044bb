/** Outages as values: which host, path or link is down, from when to when. */
import { LimitError, ParameterError, checkChoice, checkNumber } from "../errors";
import type { RandomStream } from "../simulation";
import { ln } from "../simulation/exact-math";
import { SECOND_US } from "../units";
import { checkList, checkObject, checkRandom } from "./check-input";

/** What is down: a host, the way from one host to another (one direction), or a directed link of the underlay. */
export type OutageTarget =
  | { readonly kind: "host"; readonly host: number }
  | { readonly kind: "path"; readonly from: number; readonly to: number }
  | { readonly kind: "link"; readonly link: number };

/** An outage from `fromUs` until just before `untilUs`, whole microseconds; `untilUs` may be Infinity. */
export type Outage = OutageTarget & { readonly fromUs: number; readonly untilUs: number };

/** Ordered pairs of hosts as one number; hosts stay below 2^26. */
const PATH_KEY = 67108864;

function checkTarget(where: string, target: OutageTarget): void {
  checkObject(where, target, "what is down");
  checkChoice(`${where}.kind`, target.kind, ["host", "path", "link"]);
  const ends = target.kind === "host" ? [target.host] : target.kind === "path" ? [target.from, target.to] : [target.link];
  for (const end of ends) checkNumber(`${where} ${target.kind}`, end, { min: 0, max: PATH_KEY - 1, integer: true });
}

function keyOf(target: OutageTarget): number {
  if (target.kind === "host") return target.host;
  return target.kind === "path" ? target.from * PATH_KEY + target.to : target.link;
}

/** For each key, starts and ends in turn, disjoint and in order of time. */
type Periods = ReadonlyMap<number, Float64Array>;

/** All outages of a run, for quick look-up. Outages of one target may overlap. */
export class OutageSchedule {
  private readonly hosts: Periods;
  private readonly paths: Periods;
  private readonly links: Periods;

  /** @throws ParameterError when an outage ends before it starts or names no valid target */
  constructor(outages: readonly Outage[]) {
    checkList("outages", outages, "a list of outages").forEach((outage, index) => {
      const where = `outages[${index}]`;
      checkTarget(where, outage);
      checkNumber(`${where}.fromUs`, outage.fromUs, { min: 0, integer: true, unit: "microseconds" });
      if (!(outage.untilUs > outage.fromUs)) {
        throw new ParameterError({
          what: "outage ends before it starts",
          got: [outage.fromUs, outage.untilUs],
          expected: "untilUs > fromUs", where,
        });
      }
      if (outage.untilUs !== Infinity) checkNumber(`${where}.untilUs`, outage.untilUs, { integer: true, unit: "microseconds" });
    });
    this.hosts = periodsOf(outages.filter(({ kind }) => kind === "host"));
    this.paths = periodsOf(outages.filter(({ kind }) => kind === "path"));
    this.links = periodsOf(outages.filter(({ kind }) => kind === "link"));
  }

  /** True when any outage names a link, so that paths must be looked at link by link. */
  get hasLinks(): boolean {
    return this.links.size > 0;
  }

  /** True when a host is down at a time. */
  hostIsDown(host: number, atUs: number): boolean {
    return isDownAt(this.hosts.get(host), atUs);
  }

  /** True when the way from one host to another is down at a time. */
  pathIsDown(from: number, to: number, atUs: number): boolean {
    return this.paths.size > 0 && isDownAt(this.paths.get(from * PATH_KEY + to), atUs);
  }

  /** True when a link of the underlay is down at a time. */
  linkIsDown(link: number, atUs: number): boolean {
    return isDownAt(this.links.get(link), atUs);
  }
}

function isDownAt(periods: Float64Array | undefined, atUs: number): boolean {
  if (periods === undefined) return false;
  let low = 0;
  let high = periods.length;
  // The number of starts and ends up to now is odd inside an outage.
  while (low < high) {
    const middle = (low + high) >> 1;
    if (periods[middle] <= atUs) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
}

function periodsOf(outages: readonly Outage[]): Periods {
  const lists = new Map<number, [number, number][]>();
  for (const outage of outages) {
    const list = lists.get(keyOf(outage)) ?? [];
    list.push([outage.fromUs, outage.untilUs]);
    lists.set(keyOf(outage), list);
  }
  return new Map([...lists].map(([key, list]) => [key, merged(list)]));
}

function merged(list: [number, number][]): Float64Array {
  list.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const flat: number[] = [];
  for (const [from, until] of list) {
    if (flat.length > 0 && from <= flat[flat.length - 1]) flat[flat.length - 1] = Math.max(flat[flat.length - 1], until);
    else flat.push(from, until);
  }
  return Float64Array.from(flat);
}

/** Most outages drawn at once, as expected from the means. */
const MAX_OUTAGES = 5_000_000;

/** Parameters of {@link drawOutages}. */
export interface OutageProcess {
  /** Mean time between the end of an outage and the start of the next, seconds, > 0. */
  readonly meanUpSeconds: number;
  /** Mean length of an outage, seconds, > 0. */
  readonly meanDownSeconds: number;
  /** Outages that start at or after this time are left out, whole microseconds. */
  readonly untilUs: number;
  readonly random: RandomStream;
}

/**
 * Draws outages that come and go at random: up and down times are exponential, and each target starts up. The share of time a target is down is
 * meanDown / (meanUp + meanDown) in the long run.
 * @throws ParameterError for a value out of range, LimitError when more than 5,000,000 outages are to be expected
 */
export function drawOutages(targets: readonly OutageTarget[], process: OutageProcess): Outage[] {
  const { random, untilUs } = checkObject("process", process, "the parameters of the process");
  checkRandom("random", random);
  checkList("targets", targets, "a list of what goes down").forEach((target, index) => checkTarget(`targets[${index}]`, target));
  checkNumber("meanUpSeconds", process.meanUpSeconds, { min: 1e-6, max: 1e9, unit: "seconds" });
  checkNumber("meanDownSeconds", process.meanDownSeconds, { min: 1e-6, max: 1e9, unit: "seconds" });
  checkNumber("untilUs", untilUs, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "microseconds" });
  const expected = (targets.length * untilUs) / ((process.meanUpSeconds + process.meanDownSeconds) * SECOND_US);
  if (expected > MAX_OUTAGES) throw new LimitError({ what: "too many outages", got: `about ${Math.round(expected)}`, expected: `at most ${MAX_OUTAGES}: fewer targets, a shorter time or longer means`, where: "parameter process" });
  const draw = (meanSeconds: number) => Math.max(1, Math.round(-ln(1 - random.uniform()) * meanSeconds * SECOND_US));
  const outages: Outage[] = [];
  for (const target of targets) {
    for (let at = draw(process.meanUpSeconds); at < untilUs; ) {
      const end = at + draw(process.meanDownSeconds);
      outages.push({ ...target, fromUs: at, untilUs: end });
      at = end + draw(process.meanUpSeconds);
    }
  }
  return outages;
}
