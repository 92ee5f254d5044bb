/** Hosts: where they are and how fast their access links are. */
import { ParameterError, checkNumber } from "../errors";
import type { RandomStream } from "../simulation";
import { checkList, checkObject, checkRandom } from "./check-input";

/** A kind of access, such as an ADSL product, and how common it is. */
export interface AccessKind {
  readonly name: string;
  /** Upload rate, bit/s, > 0. */
  readonly upBps: number;
  /** Download rate, bit/s, > 0. */
  readonly downBps: number;
  /** How many hosts have it, as a weight relative to the other kinds, >= 0; 1 if absent. */
  readonly weight?: number;
}

/** Access rates of hosts and, where it matters, their places. Arrays have one entry for each host. */
export interface Hosts {
  readonly count: number;
  readonly upBps: Float64Array;
  readonly downBps: Float64Array;
  /** Place of each host (a city, a router); absent where there are no places. */
  readonly placeOf?: Int32Array;
}

/** Refuses hosts whose rates are not positive numbers, or not one for each. @throws ParameterError naming the first */
export function checkHostRates(hosts: Hosts): void {
  checkObject("hosts", hosts, "hosts with access rates");
  checkNumber("hosts.count", hosts.count, { min: 1, max: 1e8, integer: true });
  for (const name of ["upBps", "downBps"] as const) {
    const rates = checkList(`hosts.${name}`, hosts[name], "a rate for each host");
    if (rates.length !== hosts.count) throw new ParameterError({ what: "number of rates does not fit", got: rates.length, expected: `${hosts.count}, one for each host`, where: `parameter hosts.${name}` });
    // Infinity is a link that is never a bottleneck.
    for (let host = 0; host < rates.length; host++) if (!(rates[host] > 0)) checkNumber(`hosts.${name}[${host}]`, rates[host], { min: 0, exclusiveMin: true, unit: "bit/s" });
  }
}

/**
 * Hosts that all have the same access.
 * @param count number of hosts, >= 1
 * @param upBps upload rate, bit/s, > 0
 * @param downBps download rate, bit/s, > 0
 */
export function equalHosts(count: number, upBps: number, downBps: number): Hosts {
  checkNumber("count", count, { min: 1, max: 1e8, integer: true });
  checkNumber("upBps", upBps, { min: 0, exclusiveMin: true, unit: "bit/s" });
  checkNumber("downBps", downBps, { min: 0, exclusiveMin: true, unit: "bit/s" });
  return { count, upBps: new Float64Array(count).fill(upBps), downBps: new Float64Array(count).fill(downBps) };
}

/**
 * Hosts whose access is drawn from a mix of kinds.
 * @param count number of hosts, >= 1
 * @param kinds at least one with a weight > 0
 * @param random stream for the choice
 */
export function drawHosts(count: number, kinds: readonly AccessKind[], random: RandomStream): Hosts {
  checkList("kinds", kinds, "a list of kinds of access").forEach((kind, index) => {
    checkObject(`kinds[${index}]`, kind, "upBps and downBps");
    equalHosts(1, kind.upBps, kind.downBps);
  });
  const choices = drawWeighted(count, kinds.map((kind) => kind.weight ?? 1), random);
  return { count, upBps: Float64Array.from(choices, (kind) => kinds[kind].upBps), downBps: Float64Array.from(choices, (kind) => kinds[kind].downBps) };
}

/**
 * Puts hosts at places.
 * @param count number of hosts, >= 1
 * @param weights how many hosts a place gets relative to the others, such as its population
 * @returns the place of each host
 */
export function placeHosts(count: number, weights: ArrayLike<number>, random: RandomStream): Int32Array {
  return drawWeighted(count, weights, random);
}

/** Draws `count` indices, each with a probability in proportion to its weight. */
function drawWeighted(count: number, weights: ArrayLike<number>, random: RandomStream): Int32Array {
  checkNumber("count", count, { min: 1, max: 1e8, integer: true });
  checkRandom("random", random);
  checkList("weights", weights, "a weight for each");
  const sums = new Float64Array(weights.length);
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    total += checkNumber(`weights[${i}]`, weights[i], { min: 0 });
    sums[i] = total;
  }
  if (!(total > 0 && total < Infinity)) {
    throw new ParameterError({
      what: "nothing to choose from",
      got: total,
      expected: "at least one weight > 0, and a finite sum",
      where: "parameter weights",
    });
  }
  return Int32Array.from({ length: count }, () => {
    const draw = random.uniform() * total;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] > draw) high = middle;
      else low = middle + 1;
    }
    return low;
  });
}
