/**
 * Virtual nodes: a host takes part as several nodes with unrelated ids, so that its share of the keys comes nearer to the mean (Chord, SIGCOMM 2001, section 6.2).
 * Nodes v of host h are numbered h * perHost to (h + 1) * perHost - 1; a host that fails takes all of them along.
 */
import { checkNumber } from "../../errors";
import { IdSpace, IdTable } from "../../ids";
import type { Transport } from "../../simulation";

/** Nodes with the hosts that they run on. */
export interface VirtualNodes {
  readonly table: IdTable;
  /** Host of each node. */
  readonly hostOf: Int32Array;
}

/**
 * Ids as Chord makes them: SHA-1 of the host's address and of the number of the virtual node on it.
 * @param hosts number of hosts, 1..10^6
 * @param perHost virtual nodes of a host, 1..1000
 * @param address text of a host's address; "10.x.y.z" made from its number if absent
 * @throws ParameterError when a number is out of range
 */
export function virtualNodes(space: IdSpace, hosts: number, perHost = 1, address: (host: number) => string = defaultAddress): VirtualNodes {
  checkNumber("hosts", hosts, { min: 1, max: 1_000_000, integer: true });
  checkNumber("perHost", perHost, { min: 1, max: 1000, integer: true });
  const table = new IdTable(space, hosts * perHost);
  const hostOf = new Int32Array(hosts * perHost);
  for (let host = 0; host < hosts; host++) {
    for (let v = 0; v < perHost; v++) hostOf[table.push(space.hash(`${address(host)}:${v}`))] = host;
  }
  return { table, hostOf };
}

function defaultAddress(host: number): string {
  return `10.${(host >>> 16) & 255}.${(host >>> 8) & 255}.${host & 255}`;
}

/** A transport between nodes from one between their hosts. */
export function hostTransport(transport: Transport, hostOf: ArrayLike<number>): Transport {
  return { delayUs: (from, to, bytes, nowUs) => transport.delayUs(hostOf[from], hostOf[to], bytes, nowUs), lossReason: () => transport.lossReason?.() ?? "network" };
}
