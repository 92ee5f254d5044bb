/**
 * The decisions of a Gnutella 0.4 servent as pure functions, in the words of the specification's section "Descriptor routing" (document revision 1.2). In all of
 * them a descriptor is as it arrived; a servent takes one off the TTL and adds one to the hops before it passes it on, so TTL plus hops is constant on the whole way.
 */
import type { GnutellaDescriptor } from "../../codecs";

/**
 * What becomes of TTL and hops when a descriptor is passed on, or null when it must not be ("a servent decrements the TTL ...; at zero it is not forwarded").
 */
export function nextHop(descriptor: Pick<GnutellaDescriptor, "ttl" | "hops">): { readonly ttl: number; readonly hops: number } | null {
  return descriptor.ttl <= 1 || descriptor.hops >= 255 ? null : { ttl: descriptor.ttl - 1, hops: descriptor.hops + 1 };
}

/**
 * The TTL that a servent believes: never so large that TTL plus hops, as it arrives, is above the limit. A descriptor that has already gone further gets null.
 */
export function believedTtl(descriptor: Pick<GnutellaDescriptor, "ttl" | "hops">, maxTtl: number): number | null {
  if (descriptor.hops >= maxTtl || descriptor.ttl === 0) return null;
  return Math.min(descriptor.ttl, maxTtl - descriptor.hops);
}

/** The TTL of an answer: as many links as the question has crossed. */
export function answerTtl(question: Pick<GnutellaDescriptor, "hops">): number {
  return question.hops + 1;
}

/** To whom a ping or query is passed on: every neighbour but the one it came from. */
export function floodTargets(neighbours: Iterable<number>, from: number): number[] {
  const targets: number[] = [];
  for (const neighbour of neighbours) if (neighbour !== from) targets.push(neighbour);
  return targets;
}

/** How many connections a servent should open now. */
export function connectionsToOpen(neighbours: number, underWay: number, wanted: number, max: number): number {
  return Math.max(0, Math.min(wanted, max) - neighbours - underWay);
}
