/**
 * The Abilene backbone, a real topology of 11 routers and 14 links (Internet2, about 2004 to 2007), and the transit-stub graphs beside it. The links are
 * those of data/abilene.csv; delays are light in fibre along the great circle, rounded up to a microsecond.
 */
import { ParameterError } from "../../errors";
import { RouterGraph, fibreDelayUs, transitStub } from "../../network";
import type { RandomStream } from "../../simulation";

/** Routers with their positions in degrees. */
export const ABILENE_ROUTERS = Object.freeze([
  { name: "Seattle", latitude: 47.61, longitude: -122.33 },
  { name: "Sunnyvale", latitude: 37.37, longitude: -122.04 },
  { name: "Los Angeles", latitude: 34.05, longitude: -118.24 },
  { name: "Denver", latitude: 39.74, longitude: -104.99 },
  { name: "Kansas City", latitude: 39.1, longitude: -94.58 },
  { name: "Houston", latitude: 29.76, longitude: -95.37 },
  { name: "Chicago", latitude: 41.88, longitude: -87.63 },
  { name: "Indianapolis", latitude: 39.77, longitude: -86.16 },
  { name: "Atlanta", latitude: 33.75, longitude: -84.39 },
  { name: "New York", latitude: 40.71, longitude: -74.01 },
  { name: "Washington", latitude: 38.91, longitude: -77.04 },
]);

/** Links by the names of their ends, in the order of data/abilene.csv. */
export const ABILENE_LINKS: readonly (readonly [string, string])[] = Object.freeze([
  ["Seattle", "Sunnyvale"], ["Seattle", "Denver"], ["Sunnyvale", "Los Angeles"], ["Sunnyvale", "Denver"], ["Los Angeles", "Houston"], ["Denver", "Kansas City"], ["Kansas City", "Houston"],
  ["Kansas City", "Indianapolis"], ["Houston", "Atlanta"], ["Indianapolis", "Chicago"], ["Indianapolis", "Atlanta"], ["Chicago", "New York"], ["Atlanta", "Washington"], ["New York", "Washington"],
]);

/** Abilene as a router graph. */
export function abilene(): RouterGraph {
  const links = ABILENE_LINKS.map((ends) => {
    const [from, to] = ends.map((name) => ABILENE_ROUTERS.findIndex((router) => router.name === name));
    return { from, to, delayUs: Math.ceil(fibreDelayUs(ABILENE_ROUTERS[from], ABILENE_ROUTERS[to], 1)) };
  });
  return new RouterGraph(ABILENE_ROUTERS.length, links, ABILENE_ROUTERS.map((router) => router.name));
}

/** Topologies that an experiment may name. */
export const TOPOLOGIES = Object.freeze(["abilene", "transit-stub"] as const);

/**
 * A topology by name.
 *
 * @param name "abilene", or "transit-stub": 100 routers, 4 of them transit, drawn anew from the stream
 * @throws ParameterError for another name
 */
export function topologyNamed(name: string, random: RandomStream): RouterGraph {
  if (name === "abilene") return abilene();
  if (name === "transit-stub") return transitStub({ transitDomains: 1, transitNodes: 4, stubsPerTransitNode: 3, stubNodes: 8, random }).graph;
  throw new ParameterError({ what: "unknown topology", got: name, expected: TOPOLOGIES.join(" or "), where: "parameter topology" });
}
