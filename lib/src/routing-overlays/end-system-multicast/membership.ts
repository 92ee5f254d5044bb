/**
 * The list of members: who is in the group, with the last sequence number heard of each (Peterson and Davie 9.4.1; Chu et al. 2000). Sequence number and status are one
 * number, the key, made so that of two keys of one member the larger is the newer news; merging two lists is then a maximum, whatever the order of arrival.
 */
import { InvariantError } from "../../errors";
import { SECOND_US } from "../../units";

/** Status of a member; part of its key. A later status beats an earlier one of the same sequence number. */
export const STATUS = Object.freeze({ alive: 1, dead: 2, left: 3 });

/** The key of a member: 0 for one that was never heard of. */
export function keyOf(sequence: number, status: number): number {
  return sequence * 4 + status;
}

/** Sequence number in a key. */
export function sequenceOf(key: number): number {
  return key >> 2;
}

/** Status in a key; 0 for one that was never heard of. */
export function statusOf(key: number): number {
  return key & 3;
}

/**
 * The first sequence number of a member that starts at a time. Sequence numbers grow by one in a refresh period, which is no shorter than the tenth of a second counted here, so a member that comes
 * back after a crash is newer than anything that was ever said about it.
 */
export function firstSequence(nowUs: number): number {
  return 1 + (Math.floor(nowUs / (SECOND_US / 10)) % 500_000_000);
}

/** The list of one member. */
export class Membership {
  /** Keys by node. */
  readonly keys: Int32Array;
  /** When the news of a member last became newer, microseconds. */
  readonly heardUs: Float64Array;
  /** 1 for each node that counts as a member now. */
  readonly isAlive: Uint8Array;
  /** Members alive, the owner included. */
  size = 1;
  /** Entries of the list: alive, dead and left. */
  entries = 1;
  private sequence: number;
  /** No member has been silent since before this time: times of news only grow. */
  private silentSinceUs = 0;
  /** Nodes that have become members or ceased to be, since they were last asked for. */
  private changed: number[] = [];

  /**
   * @param hosts number of nodes that could be members
   * @param self the owner, alive from now on
   */
  constructor(
    hosts: number,
    readonly self: number,
    nowUs: number,
  ) {
    this.keys = new Int32Array(hosts);
    this.heardUs = new Float64Array(hosts);
    this.isAlive = new Uint8Array(hosts);
    this.sequence = firstSequence(nowUs);
    this.keys[self] = keyOf(this.sequence, STATUS.alive);
    this.isAlive[self] = 1;
  }

  /** The owner's own key. */
  get ownKey(): number {
    return this.keys[this.self];
  }

  /** A new sequence number of the owner: one more, or more if somebody has said otherwise about it. */
  refresh(): void {
    this.sequence += 1;
    this.keys[this.self] = keyOf(this.sequence, STATUS.alive);
  }

  /** The owner leaves. @returns its key to tell others */
  leave(): number {
    this.sequence += 1;
    this.keys[this.self] = keyOf(this.sequence, STATUS.left);
    return this.keys[this.self];
  }

  /**
   * Takes in one piece of news.
   * @returns true when who is a member has changed
   */
  hear(member: number, key: number, nowUs: number): boolean {
    const known = this.keys[member];
    if (key <= known) return false;
    if (member === this.self) {
      // Others think that the owner is dead: only a newer number convinces them.
      this.sequence = Math.max(this.sequence, sequenceOf(key));
      if (statusOf(known) === STATUS.alive) this.refresh();
      return true;
    }
    const alive = statusOf(key) === STATUS.alive;
    // News of the end of a member that is not known would come back for ever.
    if (known === 0 && !alive) return false;
    this.keys[member] = key;
    this.heardUs[member] = nowUs;
    if (known === 0) this.entries += 1;
    const was = this.isAlive[member];
    if (alive === (was === 1)) return false;
    this.isAlive[member] = alive ? 1 : 0;
    this.changed.push(member);
    this.size += alive ? 1 : -1;
    return true;
  }

  /**
   * Takes in a whole list.
   * @returns true when who is a member has changed
   */
  merge(table: Int32Array, nowUs: number): boolean {
    const { keys, isAlive, heardUs, self } = this;
    let changed = false;
    for (let member = 0; member < keys.length; member++) {
      const key = table[member];
      if (key <= keys[member]) continue;
      // Most news is a newer number of a member that is known.
      if ((key & 3) === STATUS.alive && isAlive[member] === 1 && member !== self) {
        keys[member] = key;
        heardUs[member] = nowUs;
      } else if (this.hear(member, key, nowUs)) changed = true;
    }
    return changed;
  }

  /** Nodes that have become members or ceased to be since the last call. */
  takeChanged(): readonly number[] {
    const { changed } = this;
    if (changed.length > 0) this.changed = [];
    return changed;
  }

  /** Notes that a member did not answer. @returns true when that is news */
  declareDead(member: number, nowUs: number): boolean {
    return this.isAlive[member] === 1 && this.hear(member, keyOf(sequenceOf(this.keys[member]), STATUS.dead), nowUs);
  }

  /** Members of whom nothing new was heard for a time, the longest silent first. */
  staleQueue(nowUs: number, staleUs: number): { readonly member: number; readonly silentSeconds: number }[] {
    const { isAlive, heardUs, self } = this;
    const queue: { member: number; silentSeconds: number }[] = [];
    const limitUs = nowUs - staleUs;
    if (this.silentSinceUs > limitUs) return queue;
    let silentSinceUs = nowUs;
    for (let member = 0; member < isAlive.length; member++) {
      if (isAlive[member] === 0 || heardUs[member] >= silentSinceUs || member === self) continue;
      silentSinceUs = heardUs[member];
    }
    this.silentSinceUs = silentSinceUs;
    if (silentSinceUs > limitUs) return queue;
    for (let member = 0; member < isAlive.length; member++) {
      if (isAlive[member] === 1 && heardUs[member] <= limitUs && member !== self) queue.push({ member, silentSeconds: (nowUs - heardUs[member]) / SECOND_US });
    }
    return queue.length < 2 ? queue : queue.sort((a, b) => b.silentSeconds - a.silentSeconds || a.member - b.member);
  }

  /** Members that did not answer and are not yet forgotten; forgets who has been dead or gone for too long. */
  rememberedDead(nowUs: number, forgetUs: number): number[] {
    const dead: number[] = [];
    if (this.entries === this.size) return dead;
    for (let member = 0; member < this.keys.length; member++) {
      if (this.isAlive[member] === 1) continue;
      const key = this.keys[member];
      if (key === 0) continue;
      if (member !== this.self && nowUs - this.heardUs[member] >= forgetUs) {
        this.keys[member] = 0;
        this.entries -= 1;
      } else if (statusOf(key) === STATUS.dead) dead.push(member);
    }
    return dead;
  }

  /** Nodes that count as members, by number. */
  members(): number[] {
    const members: number[] = [];
    for (let member = 0; member < this.isAlive.length; member++) if (this.isAlive[member] === 1) members.push(member);
    return members;
  }

  /** @throws InvariantError when the counts do not fit the keys */
  checkInvariants(): void {
    let alive = 0;
    let entries = 0;
    this.keys.forEach((key, member) => {
      if (key !== 0) entries += 1;
      const isAlive = member === this.self || statusOf(key) === STATUS.alive;
      if (isAlive !== (this.isAlive[member] === 1)) throw new InvariantError({ what: "status and key of a member differ", got: { member, key }, where: `list of member ${this.self}` });
      if (isAlive) alive += 1;
    });
    if (alive !== this.size || entries !== this.entries) {
      throw new InvariantError({ what: "counts of the list of members are wrong", got: [this.size, this.entries], expected: `${alive} alive, ${entries} entries`, where: `list of member ${this.self}` });
    }
  }
}
