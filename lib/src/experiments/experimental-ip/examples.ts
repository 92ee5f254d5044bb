/** Small worlds with a story, for notebooks and tests: what a prune saves, what a threshold keeps in, how long a dead router is missed, where a 6to4 packet goes. */
import { ParameterError, checkNumber } from "../../errors";
import type { MboneOptions, MboneWorldSpec, SixBoneWorldSpec } from "../../routing-overlays/experimental-ip";
import { figureThreeWorld, multicastCostUs } from "./figure-three";
import { simulateMbone } from "./simulate-mbone";

const SECOND = 1_000_000;
const GROUP = "224.2.127.254";

/** What one packet of A to B, C and D cost in the book's figure 3. */
export interface FigureThreeOutcome {
  readonly costMs: number;
  /** Copies on each link, undirected. */
  readonly stress: readonly number[];
  /** Delays to B, C and D, ms. */
  readonly delaysMs: readonly number[];
}

/** Runs figure 3 (WE-4) with IGMP and DVMRP. @param delaysMs see {@link figureThreeWorld} */
export function figureThreePacket(delaysMs?: readonly [number, number, number, number, number]): FigureThreeOutcome {
  const world = simulateMbone(figureThreeWorld({ delaysMs }), { seed: 1 });
  for (const host of ["B", "C", "D"]) world.joinAt(SECOND, host, GROUP);
  world.sendAt(100 * SECOND, "A", GROUP);
  world.simulation.run({ untilUs: 101 * SECOND });
  world.checkInvariants();
  const [packet] = world.packets;
  return { costMs: multicastCostUs(world.plan, packet.copies) / 1000, stress: [...packet.copies.values()], delaysMs: [...packet.arrivedUs.values()].map((us) => us / 1000) };
}

/** Three multicast routers A, B, C around one legacy router, joined by tunnels A-B, B-C and a dearer A-C; a host at each. */
export function tunnelTriangle(): MboneWorldSpec {
  return {
    routers: ["L", "A", "B", "C"].map((name, index) => ({ name, isMulticast: index > 0 })), links: [1, 2, 3].map((b) => ({ a: 0, b, delayUs: 5000 })),
    subnets: [1, 2, 3].map((router) => ({ router, hosts: [`host ${"LABC"[router]}`] })), tunnels: [{ a: 1, b: 2 }, { a: 2, b: 3 }, { a: 1, b: 3, metric: 3 }],
  };
}

/**
 * A source sends to a group that nobody joins: when do packets get past its own router?
 * @param everyS seconds between packets, 1..3600
 * @param untilS seconds to simulate, up to 86,400
 * @returns seconds, counted from the first packet, of those that any link between routers carried
 */
export function floodsWithoutMembers(everyS: number, untilS: number): number[] {
  checkNumber("everyS", everyS, { min: 1, max: 3600, integer: true, unit: "s" });
  checkNumber("untilS", untilS, { min: everyS, max: 86_400, integer: true, unit: "s" });
  const world = simulateMbone(tunnelTriangle(), { seed: 1 });
  for (let at = 200; at < 200 + untilS; at += everyS) world.sendAt(at * SECOND, "host A", GROUP);
  world.simulation.run({ untilUs: (200 + untilS) * SECOND });
  world.checkInvariants();
  return world.packets.filter(({ copies }) => [...copies.keys()].some((key) => key >= 0)).map(({ sentUs }) => sentUs / SECOND - 200);
}

/**
 * Five routers in a row, the links between them with rising thresholds: how far does a packet get?
 * @param thresholds of the four links, 1..255
 * @param timeToLive that the sender sets, 1..255
 * @returns how many of the four other routers' hosts get it
 * @throws ParameterError for another number of thresholds, or a value out of range
 */
export function scopeReach(thresholds: readonly [number, number, number, number], timeToLive: number): number {
  if (!Array.isArray(thresholds) || thresholds.length !== 4) throw new ParameterError({ what: "bad list of thresholds", got: thresholds, expected: "one for each of the four links", where: "parameter thresholds" });
  const world = simulateMbone({
    routers: [0, 1, 2, 3, 4].map((index) => ({ name: `R${index}`, isMulticast: true })), links: thresholds.map((threshold, a) => ({ a, b: a + 1, delayUs: 1000, threshold })),
    subnets: [0, 1, 2, 3, 4].map((router) => ({ router, hosts: [`host ${router}`] })),
  }, { seed: 1 });
  for (const router of [1, 2, 3, 4]) world.joinAt(SECOND, `host ${router}`, GROUP);
  world.sendAt(150 * SECOND, "host 0", GROUP, 100, timeToLive);
  world.simulation.run({ untilUs: 151 * SECOND });
  world.checkInvariants();
  return world.packets[0].arrivedUs.size;
}

/** A member's view of a router's death. */
export interface CrashOutcome {
  /** Seconds from the crash until its neighbours noticed: the first and the last. */
  readonly noticedS: readonly [first: number, last: number];
  /** Longest time without a packet, seconds. */
  readonly silenceS: number;
  /** Packets that the member never got, and those sent. */
  readonly lost: number;
  readonly sent: number;
}

/**
 * The router in the middle of the cheap way dies; packets come every second.
 * @param seed of the run
 * @param options parameters that differ from the defaults
 */
export function crashOfRouter(seed: number, options: Partial<MboneOptions> = {}): CrashOutcome {
  const crashS = 300;
  const world = simulateMbone(tunnelTriangle(), { seed, options, faults: [{ kind: "crash", node: 2, atUs: crashS * SECOND }] });
  world.joinAt(SECOND, "host C", GROUP);
  for (let at = 200; at < 700; at++) world.sendAt(at * SECOND, "host A", GROUP);
  world.simulation.run({ untilUs: 701 * SECOND });
  world.checkInvariants();
  const noticed = world.neighbourChanges.filter(({ peer, isUp }) => peer === 2 && !isUp).map(({ timeUs }) => timeUs / SECOND - crashS);
  const got = world.packets.filter(({ arrivedUs }) => arrivedUs.size > 0).map(({ sentUs }) => sentUs / SECOND);
  const silenceS = got.slice(1).reduce((longest, at, index) => Math.max(longest, at - got[index]), 0);
  return { noticedS: [Math.min(...noticed), Math.max(...noticed)], silenceS, lost: world.packets.length - got.length, sent: world.packets.length };
}

/** Two 6to4 islands, a relay and an island of the 6-Bone, joined by two IPv4 routers: the network of the notebook's second half. */
export function sixToFourExample(): SixBoneWorldSpec {
  return {
    routers: [
      { name: "Seoul", hasIpv6: true, isSixToFour: true, address4: "192.0.2.4" }, { name: "R1", hasIpv6: false, address4: "192.0.2.1" }, { name: "R2", hasIpv6: false, address4: "192.0.2.2" },
      { name: "Lyon", hasIpv6: true, isSixToFour: true, address4: "198.51.100.7" }, { name: "relay", hasIpv6: true, isRelay: true, address4: "203.0.113.9" }, { name: "Oslo", hasIpv6: true, address4: "203.0.113.20" },
    ],
    links: [{ a: 0, b: 1, delayUs: 5000 }, { a: 1, b: 2, delayUs: 20_000 }, { a: 2, b: 3, delayUs: 5000 }, { a: 2, b: 4, delayUs: 5000 }, { a: 4, b: 5, delayUs: 10_000 }],
    hosts: [{ name: "kim", router: 0 }, { name: "luc", router: 3 }, { name: "ola", router: 5 }],
  };
}
