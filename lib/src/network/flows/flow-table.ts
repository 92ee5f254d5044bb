/**
 * Which flow crosses which link, on typed arrays with recycled slots: a flow's path is a run of hops, and each link keeps the list
 * of hops that lie on it, so that adding and removing a flow costs the length of its path.
 */

function grown<T extends Float64Array | Int32Array>(array: T, size: number): T {
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
  /** For each link, how many entries of `members` count. */
  readonly memberCount: Int32Array;
  /** Hops in use, over all flows. */
  hopsInUse = 0;
  private hopPlace = new Int32Array(64);
  private hopCount = 0;
  private readonly freeSlots: number[] = [];
  private readonly freePaths = new Map<number, number[]>();

  /** @param linkCount number of links, fixed */
  constructor(linkCount: number) {
    this.linkCount = linkCount;
    this.members = Array.from({ length: linkCount }, () => new Int32Array(4));
    this.memberCount = new Int32Array(linkCount);
  }

  /** Adds a flow over these links (each at most once) and returns its slot. */
  add(path: ArrayLike<number>): number {
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
    this.hopPlace[moved] = place;
    this.memberCount[link] = last;
  }
}
