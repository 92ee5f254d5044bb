/**
 * Who is in the RON. Soft state: members announce themselves now and then with the list of all they know; who was not heard of for an hour is forgotten. So
 * a member that an outage hides is not thrown out with it, and one that died in silence is not probed for ever. A list tells how old its news is, so
 * that two members cannot keep a third alive by repeating each other (ours; with lists of names alone that can happen).
 */
import { InvariantError } from "../../errors";
import type { AnnounceMessage } from "./messages";

/** One node's list of members. */
export class Membership {
  /** When each member was last known to be one, µs; -1 for no member. */
  readonly heardUs: Float64Array;
  /** When each node was last known to leave, µs; -1 for never. */
  private readonly leftUs: Float64Array;
  /** The others, by rising number. */
  peers: readonly number[] = [];

  constructor(readonly self: number, nodes: number, private readonly lifetimeUs: number) {
    this.heardUs = new Float64Array(nodes).fill(-1);
    this.leftUs = new Float64Array(nodes).fill(-1);
  }

  /** True for a member, the node itself included. */
  has(node: number): boolean {
    return node === this.self || this.heardUs[node] >= 0;
  }

  /** True for a node that said that it leaves, and was not heard of since. */
  hasLeft(node: number): boolean {
    return this.heardUs[node] < 0 && this.leftUs[node] >= 0;
  }

  /** News that a node was a member at a time. @returns true when it was none before */
  learn(node: number, heardUs: number, nowUs: number): boolean {
    if (node === this.self || heardUs <= this.leftUs[node] || nowUs - heardUs >= this.lifetimeUs) return false;
    const isNew = this.heardUs[node] < 0;
    if (heardUs > this.heardUs[node]) this.heardUs[node] = heardUs;
    if (isNew) this.collect();
    return isNew;
  }

  /** News that a node has left. @returns true when it was a member */
  left(node: number, nowUs: number): boolean {
    this.leftUs[node] = nowUs;
    return this.drop(node);
  }

  /** Forgets members that were not heard of for the lifetime. @returns them */
  expire(nowUs: number): readonly number[] {
    const old = this.peers.filter((peer) => nowUs - this.heardUs[peer] >= this.lifetimeUs);
    for (const peer of old) this.drop(peer);
    return old;
  }

  /** The list to announce. */
  announcement(nowUs: number): AnnounceMessage {
    return { kind: "announce", members: [this.self, ...this.peers], agesUs: [0, ...this.peers.map((peer) => nowUs - this.heardUs[peer])] };
  }

  /** @throws InvariantError naming the first rule broken */
  checkInvariants(nowUs: number, where: string): void {
    const listed = [...this.heardUs.keys()].filter((node) => this.heardUs[node] >= 0);
    if (listed.join() !== this.peers.join()) throw new InvariantError({ what: "the list of peers is not that of the members", got: this.peers, expected: listed.join(), where });
    for (const peer of this.peers) {
      if (peer === this.self) throw new InvariantError({ what: "a node is its own peer", got: peer, where });
      if (this.heardUs[peer] > nowUs || this.leftUs[peer] >= this.heardUs[peer]) throw new InvariantError({ what: "a member from the future, or one that has left", got: peer, where });
    }
  }

  private drop(node: number): boolean {
    if (this.heardUs[node] < 0) return false;
    this.heardUs[node] = -1;
    this.collect();
    return true;
  }

  private collect(): void {
    const peers: number[] = [];
    for (let node = 0; node < this.heardUs.length; node++) if (this.heardUs[node] >= 0) peers.push(node);
    this.peers = peers;
  }
}
