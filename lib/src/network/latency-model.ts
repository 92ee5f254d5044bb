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
   * One-way latency.
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
    return from === to ? 0 : this.us;
  }
}

/** Refuses a host number outside a model. */
export function checkHost(host: number, hosts: number): void {
  if (!(host >= 0 && host < hosts) || !Number.isInteger(host)) {
    throw new ParameterError({ what: "no such host", got: host, expected: `a whole number from 0 to ${hosts - 1}`, where: "parameter host" });
  }
}
