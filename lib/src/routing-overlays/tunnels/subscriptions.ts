/**
 * Subscription forwarding in a tree of content-based routers: each router tells each neighbour the widest filters that anyone behind it wants, and sends a
 * packet only where a filter accepts it. Written as a rule rather than as cases: what a neighbour should have been told is a function of what is
 * known from the other sides, and the difference to what it was told is sent (Carzaniga et al., TOCS 2001, section 4.3, acyclic peer-to-peer).
 * Tests: test/routing-overlays/tunnels/content.test.ts and content.test.ts
 */
import { InvariantError } from "../../errors";
import { filterText, matches, widest, type Attributes, type Filter } from "./predicates";

/** Where a filter came from: a neighbour's number, or the router's own applications. */
export type Side = number | "local";

/** What to tell a neighbour. */
export interface SubscriptionUpdate {
  readonly neighbour: number;
  readonly subscribe: readonly Filter[];
  readonly unsubscribe: readonly Filter[];
}

/** The filters that one router knows, and those that it has passed on. */
export class SubscriptionTable {
  private readonly heard = new Map<Side, Map<string, Filter>>([["local", new Map()]]);
  private readonly told = new Map<number, Map<string, Filter>>();

  /** A neighbour is there: what must it be told? */
  connect(neighbour: number): SubscriptionUpdate[] {
    this.heard.set(neighbour, new Map());
    this.told.set(neighbour, new Map());
    return this.updates();
  }

  /** A neighbour is gone, with every filter that came from it. */
  disconnect(neighbour: number): SubscriptionUpdate[] {
    this.heard.delete(neighbour);
    this.told.delete(neighbour);
    return this.updates();
  }

  /** A side wants what the filter accepts. Of an unknown neighbour nothing is taken. */
  subscribe(side: Side, filter: Filter): SubscriptionUpdate[] {
    this.heard.get(side)?.set(filterText(filter), filter);
    return this.updates();
  }

  /** A side no longer wants it. */
  unsubscribe(side: Side, filter: Filter): SubscriptionUpdate[] {
    this.heard.get(side)?.delete(filterText(filter));
    return this.updates();
  }

  /** Where a packet must go, except back to where it came from: neighbours in rising order, then "local". */
  sidesFor(attributes: Attributes, from: Side): Side[] {
    const wants = (side: Side) => [...(this.heard.get(side)?.values() ?? [])].some((filter) => matches(filter, attributes));
    return [...this.neighbours().filter((side) => side !== from && wants(side)), ...(wants("local") ? (["local"] as const) : [])];
  }

  /** Filters heard from a side, in order of text. */
  filtersOf(side: Side): Filter[] {
    return byText(this.heard.get(side) ?? new Map());
  }

  /** Number of filters held, heard and told. */
  get entryCount(): number {
    return [...this.heard.values(), ...this.told.values()].reduce((sum, filters) => sum + filters.size, 0);
  }

  /** @throws InvariantError when a neighbour was told something else than the widest filters of the other sides */
  checkInvariants(): void {
    const late = this.neighbours().find((neighbour) => this.wanted(neighbour).map(filterText).join() !== byText(this.told.get(neighbour) as Map<string, Filter>).map(filterText).join());
    if (late !== undefined) throw new InvariantError({ what: "a neighbour was not told the widest filters of the other sides", got: late });
  }

  private neighbours(): number[] {
    return [...this.told.keys()].sort((a, b) => a - b);
  }

  private wanted(neighbour: number): Filter[] {
    return widest([...this.heard].filter(([side]) => side !== neighbour).flatMap(([, filters]) => [...filters.values()]));
  }

  private updates(): SubscriptionUpdate[] {
    return this.neighbours().flatMap((neighbour) => {
      const told = this.told.get(neighbour) as Map<string, Filter>;
      const wanted = new Map(this.wanted(neighbour).map((filter) => [filterText(filter), filter]));
      const subscribe = byText(wanted).filter((filter) => !told.has(filterText(filter)));
      const unsubscribe = byText(told).filter((filter) => !wanted.has(filterText(filter)));
      this.told.set(neighbour, wanted);
      return subscribe.length + unsubscribe.length === 0 ? [] : [{ neighbour, subscribe, unsubscribe }];
    });
  }
}

function byText(filters: ReadonlyMap<string, Filter>): Filter[] {
  return [...filters.keys()].sort((a, b) => (a < b ? -1 : 1)).map((text) => filters.get(text) as Filter);
}
