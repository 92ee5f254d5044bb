/** The one interface of all latency models, and the simplest model. */
import { ParameterError, checkNumber } from "../errors";
import { SECOND_US } from "../units";

/** Longest latency any model gives: one hour. */
export const LONGEST_LATENCY_US = 3600 * SECOND_US;

/** How long a small message takes from host to host, without queueing. Hosts are dense integers from 0. */
export interface LatencyModel {
  /** Number of hosts; Infinity where any number will do. */
  readonly hosts: number;
  /**
   * One-way latency. A number that is no host is refused, never answered with another pair's latency or NaN.
   * @returns whole microseconds >= 0; 0 from a host to itself
   */
  latencyUs(from: number, to: number): number;
  /** False while there is no way between two hosts, and then `latencyUs` must not be asked; absent where there always is one. */
  isReachable?(from: number, to: number): boolean;
}

/** The same latency between any two hosts. */
export class ConstantLatency implements LatencyModel {
  readonly hosts = Infinity;
  private readonly us: number;

  /** @param us one-way latency, whole microseconds, 0..3.6e9 */
  constructor(us: number) {
    this.us = checkNumber("us", us, { min: 0, max: LONGEST_LATENCY_US, integer: true, unit: "microseconds" });
  }

  latencyUs(from: number, to: number): number {
    if ((from >>> 0) !== from || (to >>> 0) !== to) checkHosts(from, to, 4294967296);
    return from === to ? 0 : this.us;
  }
}

/**
 * Refuses a pair of which one is no host. Called by models when `(host >>> 0) !== host` or a number is too high: that comparison costs next to nothing, and is true for
 * everything but a whole number >= 0.
 */
export function checkHosts(from: number, to: number, hosts: number): void {
  checkHost(from, hosts);
  checkHost(to, hosts);
}

/** Refuses a host number outside a model. */
export function checkHost(host: number, hosts: number): void {
  if (!(host >= 0 && host < hosts) || !Number.isInteger(host)) {
    throw new ParameterError({ what: "no such host", got: host, expected: `a whole number from 0 to ${hosts - 1}`, where: "parameter host" });
  }
}
