/**
 * RIPng (RFC 2080): the distance-vector routing by which the islands of the 6-Bone learn each other's blocks, over native links and tunnels alike. Routes of one
 * router; the node sends what {@link RipTable.routesFor} gives. A lost route
 * leaves the forwarding table at once and is told as unreachable until the garbage time is over. Tests: test/routing-overlays/experimental-ip/six-bone.test.ts
 */
import { InvariantError } from "../../errors";
import { formatIpPrefix, type IpPrefix } from "../../ids/ip-address";
import { RIP_INFINITY, type RipRoute } from "./six-messages";

/** A route of the table. */
export interface RipEntry extends IpPrefix {
  readonly text: string;
  /** 1..16. */
  metric: number;
  /** Interface towards it; -1 for the router's own blocks. */
  way: number;
  /** When it is lost unless heard again, µs; Infinity for own blocks. */
  expiryUs: number;
  /** When it is forgotten after it was lost, µs; 0 while it is good. */
  garbageUs: number;
  changed: boolean;
}

/** The routes of one router. */
export class RipTable {
  private readonly entries = new Map<string, RipEntry>();

  /**
   * @param options route lifetime and garbage time, µs
   * @param changed is told of each route whose way has changed: the forwarding table and the multicast trees follow
   */
  constructor(
    private readonly options: { readonly routeTimeoutUs: number; readonly garbageUs: number },
    private readonly changed: (entry: RipEntry) => void,
  ) {}

  /** Routes in the order in which they were learned. */
  get routes(): RipEntry[] {
    return [...this.entries.values()];
  }

  get(prefix: IpPrefix): RipEntry | undefined {
    return this.entries.get(formatIpPrefix(prefix));
  }

  /** A block of the router itself. */
  own(prefix: IpPrefix, metric = 1): void {
    const text = formatIpPrefix(prefix);
    this.entries.set(text, { ...prefix, text, metric, way: -1, expiryUs: Infinity, garbageUs: 0, changed: true });
  }

  /**
   * Takes one route of a neighbour's response (RFC 2080, section 2.4.2).
   * @param way interface that it came in by
   * @param cost of that interface, 1..15
   * @returns whether anything changed that neighbours must hear of soon
   */
  take(way: number, route: RipRoute, cost: number, nowUs: number): boolean {
    const metric = Math.min(RIP_INFINITY, route.metric + cost);
    const text = formatIpPrefix(route);
    const entry = this.entries.get(text);
    if (entry === undefined) {
      if (metric >= RIP_INFINITY) return false;
      const { address, length } = route;
      const made: RipEntry = { address, length, text, metric, way, expiryUs: nowUs + this.options.routeTimeoutUs, garbageUs: 0, changed: true };
      this.entries.set(text, made);
      this.changed(made);
      return true;
    }
    if (entry.expiryUs === Infinity) return false;
    const isSameWay = entry.way === way;
    if (isSameWay && metric < RIP_INFINITY) entry.expiryUs = nowUs + this.options.routeTimeoutUs;
    if (isSameWay ? metric === entry.metric : metric >= entry.metric) return false;
    if (metric >= RIP_INFINITY) {
      this.lose(entry, nowUs);
      return true;
    }
    const wasElsewhere = !isSameWay || entry.metric >= RIP_INFINITY;
    entry.metric = metric;
    entry.way = way;
    entry.expiryUs = nowUs + this.options.routeTimeoutUs;
    entry.garbageUs = 0;
    entry.changed = true;
    if (wasElsewhere) this.changed(entry);
    return true;
  }

  /** Loses routes not heard of and forgets those lost long ago. @returns whether any was lost */
  age(nowUs: number): boolean {
    let any = false;
    for (const entry of this.entries.values()) {
      if (entry.metric < RIP_INFINITY && entry.expiryUs <= nowUs) {
        this.lose(entry, nowUs);
        any = true;
      } else if (entry.garbageUs > 0 && entry.garbageUs <= nowUs) this.entries.delete(entry.text);
    }
    return any;
  }

  /** What to say on an interface: routes learned there as unreachable (split horizon with poisoned reverse). */
  routesFor(way: number, onlyChanged: boolean): RipRoute[] {
    return this.routes.filter((entry) => !onlyChanged || entry.changed).map(({ address, length, metric, way: learned }) => ({ address, length, metric: learned === way ? RIP_INFINITY : metric }));
  }

  /** All neighbours have been told. */
  told(): void {
    for (const entry of this.entries.values()) entry.changed = false;
  }

  /** @throws InvariantError naming the first rule broken */
  checkInvariants(where: string): void {
    for (const { text, metric, way, garbageUs, expiryUs } of this.entries.values()) {
      if (!(metric >= 1 && metric <= RIP_INFINITY)) throw new InvariantError({ what: "a metric is out of range", got: metric, where: `${where}, ${text}` });
      if ((garbageUs > 0) !== (metric === RIP_INFINITY)) throw new InvariantError({ what: "a route is neither good nor lost", got: metric, where: `${where}, ${text}` });
      if (way < 0 && expiryUs !== Infinity) throw new InvariantError({ what: "a learned route without a way", got: way, where: `${where}, ${text}` });
    }
  }

  private lose(entry: RipEntry, nowUs: number): void {
    entry.metric = RIP_INFINITY;
    entry.garbageUs = nowUs + this.options.garbageUs;
    entry.changed = true;
    this.changed(entry);
  }
}
