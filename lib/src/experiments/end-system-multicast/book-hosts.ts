/** The four hosts of Peterson and Davie's figures 3 and 4, and the same picture with the delays of Chu et al. 2000, figure 1: two routers, a long line between them, two hosts at each. */
import { ParameterError, checkChoice } from "../../errors";
import { RouterGraph, Underlay, equalHosts } from "../../network";
import type { NaradaParameters } from "../../routing-overlays/end-system-multicast";
import { SECOND_US } from "../../units";
import { simulateGroup, type Group } from "./group-world";

/** Names of the hosts, by number. */
export const BOOK_HOSTS: readonly string[] = Object.freeze(["A", "B", "C", "D"]);
const ROUTERS = ["R1", "R2"];
/** Delays of A–R1, B–R1, R1–R2, R2–C and R2–D in units of a millisecond. */
const DELAYS_MS = { "peterson-davie": [5, 5, 50, 5, 5], "chu-2000": [1, 2, 25, 1, 1] } as const;

/** Whose delays. */
export type BookDelays = keyof typeof DELAYS_MS;

/** The network of figure 3. Each host stands on a node of its own, so that its access link is a link of the graph. */
export function bookHostsUnderlay(delays: BookDelays = "peterson-davie"): Underlay {
  const [ar1, br1, r1r2, r2c, r2d] = DELAYS_MS[checkChoice("delays", delays, ["peterson-davie", "chu-2000"])];
  const link = (from: number, to: number, ms: number) => ({ from, to, delayUs: 1000 * ms });
  const graph = new RouterGraph(6, [link(0, 4, ar1), link(1, 4, br1), link(4, 5, r1r2), link(5, 2, r2c), link(5, 3, r2d)], [...BOOK_HOSTS, ...ROUTERS]);
  return new Underlay({ graph, hosts: { ...equalHosts(4, 1e9, 1e9), placeOf: Int32Array.of(0, 1, 2, 3) } });
}

/** A group of the four hosts. */
export interface BookGroupOptions {
  readonly delays?: BookDelays;
  /** Whom each host asks to join, as names: "B:A C:A D:C" (default) is figure 4's mesh without A–D. Hosts join in this order, a second apart, after A. */
  readonly joins?: string;
  readonly seed: number;
  readonly parameters?: Partial<NaradaParameters>;
  readonly traceRecords?: number;
}

/**
 * Builds the group of the four hosts. Unless `parameters` say otherwise the mesh stays as the joins made it.
 *
 * @throws ParameterError when the joins name no host, or a host twice
 */
export function bookGroup(options: BookGroupOptions): Group {
  const joins = joinsOf(options.joins ?? "B:A C:A D:C");
  const order = [0, ...joins.keys()];
  return simulateGroup({
    hosts: 4,
    latency: bookHostsUnderlay(options.delays),
    seed: options.seed,
    parameters: { improve: false, ...options.parameters },
    startUs: (host) => (order.includes(host) ? order.indexOf(host) * SECOND_US : -1),
    contacts: (host) => joins.get(host) ?? [],
    traceRecords: options.traceRecords,
  });
}

function joinsOf(text: string): Map<number, number[]> {
  const joins = new Map<number, number[]>();
  const hostOf = (name: string) => {
    const host = BOOK_HOSTS.indexOf(name);
    if (host < 0) throw new ParameterError({ what: "no such host in the book's figure", got: name, expected: BOOK_HOSTS.join(", "), where: "parameter joins" });
    return host;
  };
  for (const part of String(text).trim().split(/\s+/)) {
    const [who, whom = ""] = part.split(":");
    const host = hostOf(who);
    if (host === 0 || joins.has(host)) throw new ParameterError({ what: "a host joins twice", got: part, expected: "B, C and D at most once each; A is there first", where: "parameter joins" });
    joins.set(host, whom.split("+").map(hostOf));
  }
  return joins;
}
