/**
 * Latencies from network coordinates with heights (Dabek et al., "Vivaldi", SIGCOMM 2004): the round trip between two hosts is the distance of
 * their points plus both heights. Such latencies never violate the triangle inequality, so no detour is ever faster: do not use them where
 * that matters, as for resilient overlay networks.
 */
import type { CoordinateTable } from "../codecs/coordinate-file";
import { ParameterError, checkNumber } from "../errors";
import { checkList, checkObject } from "./check-input";
import { checkHosts, type LatencyModel } from "./latency-model";

/** One-way latencies from coordinates: half the predicted round trip, rounded up so that the triangle inequality survives. */
export class CoordinateLatency implements LatencyModel {
  readonly hosts: number;
  /** Host names, in order. */
  readonly names: readonly string[];
  private readonly dimensions: number;
  private readonly positionsMs: Float64Array;
  private readonly heightsMs: Float64Array;

  /** @param table from `parseCoordinates` @throws ParameterError when it is none, or a coordinate is no number */
  constructor(table: CoordinateTable) {
    checkObject("table", table, "a table of coordinates");
    this.hosts = checkList("table.hosts", table.hosts, "the names of the hosts").length;
    checkNumber("table.dimensions", table.dimensions, { min: 1, max: 1000, integer: true });
    checkCoordinates("table.positionsMs", table.positionsMs, this.hosts * table.dimensions, -Infinity);
    checkCoordinates("table.heightsMs", table.heightsMs, this.hosts, 0);
    this.names = table.hosts;
    this.dimensions = table.dimensions;
    this.positionsMs = table.positionsMs;
    this.heightsMs = table.heightsMs;
  }

  latencyUs(from: number, to: number): number {
    if ((from >>> 0) !== from || (to >>> 0) !== to || from >= this.hosts || to >= this.hosts) checkHosts(from, to, this.hosts);
    if (from === to) return 0;
    const { dimensions, positionsMs, heightsMs } = this;
    let square = 0;
    for (let axis = 0; axis < dimensions; axis++) {
      const difference = positionsMs[from * dimensions + axis] - positionsMs[to * dimensions + axis];
      square += difference * difference;
    }
    return Math.ceil((Math.sqrt(square) + heightsMs[from] + heightsMs[to]) * 500);
  }
}

function checkCoordinates(name: string, values: Float64Array, count: number, min: number): void {
  if (checkList(name, values, "an array of milliseconds").length < count) throw new ParameterError({ what: "number of coordinates does not fit", got: values.length, expected: `at least ${count}`, where: `parameter ${name}` });
  values.forEach((value, index) => checkNumber(`${name}[${index}]`, value, { min, unit: "ms" }));
}
