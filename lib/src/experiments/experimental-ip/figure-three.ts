/** The network of figure 3 in section 9.4.1 (four hosts at two routers), as an MBone world, and two small networks for first examples. */
import type { MboneWorldSpec } from "../../routing-overlays/experimental-ip";

/** What may differ from the book's figure. */
export interface FigureThreeOptions {
  /** Delays of the links of A, B, C, D and of that between the routers, milliseconds; default 5, 5, 5, 5, 50 as in the book. */
  readonly delaysMs?: readonly [a: number, b: number, c: number, d: number, middle: number];
}

/** Hosts A and B at router R1, C and D at router R2, each on a subnet of its own; both routers have multicast. */
export function figureThreeWorld(options: FigureThreeOptions = {}): MboneWorldSpec {
  const [a, b, c, d, middle] = options.delaysMs ?? [5, 5, 5, 5, 50];
  const subnet = (name: string, router: number, delayMs: number) => ({ router, hosts: [name], delayUs: delayMs * 1000 });
  return {
    routers: ["R1", "R2"].map((name) => ({ name, isMulticast: true })),
    links: [{ a: 0, b: 1, delayUs: middle * 1000 }],
    subnets: [subnet("A", 0, a), subnet("B", 0, b), subnet("C", 1, c), subnet("D", 1, d)],
  };
}

/** Delay of the link or subnet that a packet record names, µs. */
export function linkDelayUs(plan: { readonly nodeCount: number; readonly graph: { linkBetween(a: number, b: number): number; readonly delaysUs: Float64Array }; readonly subnets: readonly { readonly delayUs: number }[] }, key: number): number {
  if (key < 0) return plan.subnets[-1 - key].delayUs;
  return plan.graph.delaysUs[plan.graph.linkBetween(Math.floor(key / plan.nodeCount), key % plan.nodeCount)];
}

/** The cost of a packet as section 9.4.1 counts it: for each link its delay times the copies that crossed it, µs. */
export function multicastCostUs(plan: Parameters<typeof linkDelayUs>[0], copies: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const [key, count] of copies) sum += count * linkDelayUs(plan, key);
  return sum;
}
