/**
 * Which flow crosses which link, on typed arrays with recycled slots: a flow's path is a run of hops, and each link keeps the list
 * of hops that lie on it, so that adding and removing a flow costs the length of its path.
 */
import { badPathLink } from "./max-min";

/** The array itself when it is long enough, else a longer copy. */
export function grown<T extends Float64Array | Int32Array>(array: T, size: number): T {
  if (array.length >= size) return array;
  const larger = new (array.constructor as new (length: number) => T)(Math.max(size, array.length * 2));
  larger.set(array as never);
  return larger;
}

/** Paths of flows over links, both ways. Slots of removed flows are used again. */
export class FlowTable {
  readonly linkCount: number;
  /** Number of flows in the table. */
  size = 0;
  /** Slots 0..slotCount-1 have been used; those of removed flows have `pathLength` -1. */
  slotCount = 0;
  /** Start of a flow's path among the hops. */
  pathStart = new Int32Array(16);
  /** Hops of a flow's path; -1 for a free slot. */
  pathLength = new Int32Array(16);
  /** Link of each hop. */
  hopLink = new Int32Array(64);
  /** Flow of each hop. */
  hopFlow = new Int32Array(64);
  /** For each link, the hops on it. */
  readonly members: Int32Array[];
  /** For each link, the flows of those hops, in the same order: loops over a link's flows read nothing else. */
  readonly memberFlows: Int32Array[];
  /** For each link, how many entries of `members` count. */
  readonly memberCount: Int32Array;
  /** Hops in use, over all flows. */
  hopsInUse = 0;
  /** Number of the last checked path that named a link, to find links named twice. */
  private readonly pathMarks: Float64Array;
  private pathMark = 0;
  private hopPlace = new Int32Array(64);
  private hopCount = 0;
  private readonly freeSlots: number[] = [];
  private readonly freePaths = new Map<number, number[]>();

  /** @param linkCount number of links, fixed */
  constructor(linkCount: number) {
    this.linkCount = linkCount;
    this.members = Array.from({ length: linkCount }, () => new Int32Array(4));
    this.memberFlows = Array.from({ length: linkCount }, () => new Int32Array(4));
    this.memberCount = new Int32Array(linkCount);
    this.pathMarks = new Float64Array(linkCount);
  }

  /**
   * Adds a flow over these links and returns its slot.
   * @throws ParameterError for an unknown link, or one that is named twice; nothing is changed then
   */
  add(path: ArrayLike<number>): number {
    this.checkPath(path);
    const slot = this.freeSlots.pop() ?? this.slotCount;
    if (slot === this.slotCount) {
      this.slotCount += 1;
      this.pathStart = grown(this.pathStart, this.slotCount);
      this.pathLength = grown(this.pathLength, this.slotCount);
    }
    const start = this.freePaths.get(path.length)?.pop() ?? this.newPath(path.length);
    this.pathStart[slot] = start;
    this.pathLength[slot] = path.length;
    for (let i = 0; i < path.length; i++) this.join(start + i, path[i], slot);
    this.size += 1;
    this.hopsInUse += path.length;
    return slot;
  }

  /** Removes the flow in a slot. */
  remove(slot: number): void {
    const start = this.pathStart[slot];
    const length = this.pathLength[slot];
    for (let hop = start; hop < start + length; hop++) this.leave(hop);
    const free = this.freePaths.get(length);
    if (free === undefined) this.freePaths.set(length, [start]);
    else free.push(start);
    this.pathLength[slot] = -1;
    this.freeSlots.push(slot);
    this.size -= 1;
    this.hopsInUse -= length;
  }

  /** All flows and their paths, one after the other. */
  paths(): { slots: Int32Array; pathStarts: Int32Array; pathLinks: Int32Array } {
    const slots = new Int32Array(this.size);
    const pathStarts = new Int32Array(this.size + 1);
    const pathLinks = new Int32Array(this.hopsInUse);
    let flow = 0;
    for (let slot = 0; slot < this.slotCount; slot++) {
      const length = this.pathLength[slot];
      if (length < 0) continue;
      const start = this.pathStart[slot];
      slots[flow] = slot;
      pathLinks.set(this.hopLink.subarray(start, start + length), pathStarts[flow]);
      pathStarts[flow + 1] = pathStarts[flow] + length;
      flow += 1;
    }
    return { slots, pathStarts, pathLinks };
  }

  private checkPath(path: ArrayLike<number>): void {
    this.pathMark += 1;
    for (let hop = 0; hop < path.length; hop++) {
      const link = path[hop];
      if (this.pathMarks[link] === undefined || this.pathMarks[link] === this.pathMark) throw badPathLink(link, this.linkCount, `path[${hop}]`);
      this.pathMarks[link] = this.pathMark;
    }
  }

  private newPath(length: number): number {
    const start = this.hopCount;
    this.hopCount += length;
    this.hopLink = grown(this.hopLink, this.hopCount);
    this.hopFlow = grown(this.hopFlow, this.hopCount);
    this.hopPlace = grown(this.hopPlace, this.hopCount);
    return start;
  }

  private join(hop: number, link: number, slot: number): void {
    const count = this.memberCount[link];
    const members = grown(this.members[link], count + 1);
    this.members[link] = members;
    members[count] = hop;
    const flows = grown(this.memberFlows[link], count + 1);
    this.memberFlows[link] = flows;
    flows[count] = slot;
    this.memberCount[link] = count + 1;
    this.hopLink[hop] = link;
    this.hopFlow[hop] = slot;
    this.hopPlace[hop] = count;
  }

  private leave(hop: number): void {
    const link = this.hopLink[hop];
    const members = this.members[link];
    const last = this.memberCount[link] - 1;
    const moved = members[last];
    const place = this.hopPlace[hop];
    members[place] = moved;
    this.memberFlows[link][place] = this.hopFlow[moved];
    this.hopPlace[moved] = place;
    this.memberCount[link] = last;
  }
}
