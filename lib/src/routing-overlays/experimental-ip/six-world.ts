/** What the nodes of a 6-Bone world share: the plan, parameters, the IPv4 routes below the tunnels, numbers for addresses, and whoever counts packets. */
import { ParameterError, checkNumber } from "../../errors";
import type { ProcessContext } from "../../simulation/contract";
import { checkRecord } from "../../simulation/checks";
import type { Transport } from "../../simulation/transport";
import { SECOND_US } from "../../units";
import { MEMBERSHIP_DEFAULTS, checkMembershipOptions, type MembershipOptions } from "./mbone-options";
import { UnicastRoutes } from "./mbone-world";
import { RELAY_ANYCAST } from "./six-to-four";
import type { SixBonePlan } from "./six-plan";

/** One packet on one physical link, as bytes. */
export interface SixFrame {
  /** What it is, for traces: "data", "ripng", "pim", "mld", "icmp"; the same within a tunnel. */
  readonly kind: string;
  readonly packet: Uint8Array;
}

/** Parameters of a 6-Bone world, times in whole microseconds. */
export interface SixBoneOptions extends MembershipOptions {
  /** Between RIPng updates; 30 s (RFC 2080, 2.3). */
  readonly updateIntervalUs: number;
  /** Each update comes up to so much earlier or later, below `updateIntervalUs`; 15 s (RFC 2080, 2.5.2). */
  readonly updateJitterUs: number;
  /** A route not heard of for so long is lost; 180 s. */
  readonly routeTimeoutUs: number;
  /** A lost route is told as unreachable for so long; 120 s. */
  readonly garbageUs: number;
  /** Bounds of the random delay before changes are told; 1 and 5 s. */
  readonly triggeredMinUs: number;
  readonly triggeredMaxUs: number;
  /** Between PIM hellos; 30 s. A neighbour is gone after 3.5 intervals, 105 s (RFC 3973, 4.8). */
  readonly helloIntervalUs: number;
  /** Life of a prune; 210 s (RFC 3973: J/P_Holdtime). */
  readonly pruneLifetimeUs: number;
  /** Shortest time between prunes of one source and group, doubled each time; 3 s. */
  readonly pruneRetransmitUs: number;
  /** Time until an unanswered graft is repeated; 3 s (RFC 3973, 4.8), doubled each time here. */
  readonly graftRetransmitUs: number;
  /** Life of a source's entry without packets; 210 s (RFC 3973: SourceLifetime). */
  readonly cacheLifetimeUs: number;
  /** How many of a source's latest packets a router remembers in order to drop repeats, 0..256; 16. Not in the RFCs, as in the MBone's parameters. */
  readonly repeatMemory: number;
  /** Time to live of outer headers, 1..255; 64. */
  readonly tunnelTimeToLive: number;
  /** How long IPv4 fragments wait for the others; 60 s. */
  readonly reassemblyUs: number;
}

/** Defaults of {@link SixBoneOptions}. */
export const SIX_BONE_DEFAULTS: SixBoneOptions = Object.freeze({
  ...MEMBERSHIP_DEFAULTS, updateIntervalUs: 30 * SECOND_US, updateJitterUs: 15 * SECOND_US, routeTimeoutUs: 180 * SECOND_US, garbageUs: 120 * SECOND_US, triggeredMinUs: SECOND_US, triggeredMaxUs: 5 * SECOND_US,
  helloIntervalUs: 30 * SECOND_US, pruneLifetimeUs: 210 * SECOND_US, pruneRetransmitUs: 3 * SECOND_US, graftRetransmitUs: 3 * SECOND_US, cacheLifetimeUs: 210 * SECOND_US, repeatMemory: 16,
  tunnelTimeToLive: 64, reassemblyUs: 60 * SECOND_US,
});

/**
 * The defaults with some of them changed.
 * @throws ParameterError for an unknown name or a value out of range
 */
export function sixBoneOptions(changes: Partial<SixBoneOptions> = {}): SixBoneOptions {
  checkRecord("options", changes);
  const unknown = Object.keys(changes).find((name) => !Object.hasOwn(SIX_BONE_DEFAULTS, name));
  if (unknown !== undefined) throw new ParameterError({ what: "unknown parameter of the 6-Bone", got: unknown, expected: Object.keys(SIX_BONE_DEFAULTS).join(", ") });
  const options = { ...SIX_BONE_DEFAULTS, ...changes };
  checkMembershipOptions(options);
  const positive = { min: 1, max: 4294967295, integer: true, unit: "µs" };
  for (const name of ["updateIntervalUs", "garbageUs", "triggeredMinUs", "helloIntervalUs", "pruneLifetimeUs", "pruneRetransmitUs", "graftRetransmitUs", "cacheLifetimeUs", "reassemblyUs"] as const) checkNumber(name, options[name], positive);
  checkNumber("updateJitterUs", options.updateJitterUs, { ...positive, min: 0, max: options.updateIntervalUs - 1 });
  checkNumber("routeTimeoutUs", options.routeTimeoutUs, { ...positive, min: options.updateIntervalUs });
  checkNumber("triggeredMaxUs", options.triggeredMaxUs, { ...positive, min: options.triggeredMinUs });
  checkNumber("repeatMemory", options.repeatMemory, { min: 0, max: 256, integer: true, unit: "packets" });
  checkNumber("tunnelTimeToLive", options.tunnelTimeToLive, { min: 1, max: 255, integer: true, unit: "hops" });
  return Object.freeze(options);
}

/** Why a packet went no further. */
export type SixDrop =
  | "no-route" | "hop-limit" | "too-big" | "malformed"
  /** Out of a tunnel that the router does not have, or for an island that is not here. */
  | "unknown-tunnel"
  /** A 6to4 source that does not name the sender of the outer packet. */
  | "not-credible"
  /** A 6to4 destination without a usable IPv4 address. */
  | "bad-6to4"
  /** IPv6 at a router that has none. */
  | "no-ipv6"
  /** Multicast on another interface than the one towards its source. */
  | "reverse-path"
  /** A repeat of a packet seen lately. */
  | "repeat"
  /** A group that does not leave its link. */
  | "scope"
  | "bad-fragment"
  | "reassembly-timeout";

/** A packet that reached an application of a host or router. */
export interface SixDelivery {
  readonly timeUs: number;
  readonly node: number;
  readonly source: string;
  readonly destination: string;
  readonly hopLimit: number;
  readonly payload: Uint8Array;
}

/** Is told what happens, for experiments; changes nothing. */
export interface SixBoneObserver {
  transmitted?(from: number, to: number, frame: SixFrame): void;
  delivered?(delivery: SixDelivery): void;
  dropped?(node: number, reason: SixDrop, packet: Uint8Array): void;
  /** A router took a multicast packet for forwarding. */
  accepted?(router: number, packet: Uint8Array): void;
  /** An ICMPv6 error reached the sender of a packet. */
  error?(node: number, problem: string, mtuBytes: number): void;
}

/** Numbers for addresses, groups and blocks, so that tables hold numbers. The same text has the same number at every node. */
export class AddressBook {
  private readonly numbers = new Map<string, number>();
  private readonly texts: string[] = [""];

  /** From 1. */
  numberOf(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    this.texts.push(text);
    this.numbers.set(text, this.texts.length - 1);
    return this.texts.length - 1;
  }

  textOf(number: number): string {
    return this.texts[number];
  }
}

/** Shared by all nodes of a world. */
export class SixBoneWorld {
  readonly options: SixBoneOptions;
  readonly unicast: UnicastRoutes;
  readonly book = new AddressBook();
  private readonly routerOf4: ReadonlyMap<string, number>;

  /** @throws ParameterError for a bad option */
  constructor(
    readonly plan: SixBonePlan,
    options: Partial<SixBoneOptions> = {},
    readonly observer: SixBoneObserver = {},
  ) {
    this.options = sixBoneOptions(options);
    this.unicast = new UnicastRoutes(plan);
    this.routerOf4 = new Map(plan.addresses4.map((address, router) => [address, router]));
  }

  /** The router that an IPv4 address means to one at `from`; for the relays' common address the nearest one, -1 if there is none. */
  routerAt(from: number, address4: string): number {
    if (address4 !== RELAY_ANYCAST) return this.routerOf4.get(address4) ?? -1;
    let best = -1;
    let bestUs = Infinity;
    for (const relay of this.plan.relays) {
      const us = relay === from ? 0 : this.unicast.delayUs(from, relay);
      if (us < 0 || us >= bestUs) continue;
      best = relay;
      bestUs = us;
    }
    return best;
  }

  /** Puts a packet on the link to a neighbour. */
  send(context: ProcessContext<SixFrame>, from: number, to: number, frame: SixFrame): void {
    this.observer.transmitted?.(from, to, frame);
    context.send(to, frame, frame.packet.length);
  }
}

/** The physical links of a world as the engine's transport. Not modelled: queues and the time to transmit. */
export function sixBoneTransport(plan: SixBonePlan): Transport {
  const { graph, nodeCount, hosts, routerCount } = plan;
  const delays = new Map<number, number>();
  for (let link = 0; link < graph.linkCount; link++) delays.set(graph.tails[link] * nodeCount + graph.heads[link], graph.delaysUs[link]);
  hosts.forEach(({ router, delayUs }, index) => {
    delays.set(router * nodeCount + routerCount + index, delayUs);
    delays.set((routerCount + index) * nodeCount + router, delayUs);
  });
  return { delayUs: (from, to) => delays.get(from * nodeCount + to) as number };
}
