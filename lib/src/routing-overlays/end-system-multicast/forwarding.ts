/**
 * The packets of the application on the tree that DVMRP finds in the mesh (Peterson and Davie 9.4.1; Chu et al. 2000, 3.3): a member takes a source's packet only from the neighbour on its own
 * shortest path to that source, and passes it to the neighbours that reach the source over it. A window of packet numbers for each source makes sure that no packet is delivered twice
 * while routes change.
 */
import type { ProcessContext } from "../../simulation/contract";
import { messageBytes, type NaradaMessage } from "./messages";
import type { Routing } from "./routing";

/** A packet of the application. */
export type DataMessage = Extract<NaradaMessage, { readonly kind: "data" }>;

/** Is told what members do; any part may be absent. */
export interface GroupObserver {
  /** A packet reached the application of a member for the first time. */
  delivered?(member: number, packet: DataMessage, nowUs: number): void;
  /** A member sends a copy of a packet to another. */
  forwarded?(from: number, to: number, packet: DataMessage, nowUs: number): void;
  /** A mesh link came (at one end), or went; `reason` in a word. */
  linkChanged?(member: number, peer: number, isUp: boolean, reason: LinkReason, nowUs: number): void;
}

/** Why a link came or went. */
export type LinkReason = "join" | "repair" | "improve" | "drop" | "leave" | "silent" | "refused";

/** What became of packets at one member. */
export interface ForwardingCounts {
  delivered: number;
  /** Copies sent to neighbours. */
  forwarded: number;
  /** Not from the neighbour on the way to the source. */
  wrongNeighbour: number;
  /** Seen before. */
  duplicates: number;
}

/** Packets remembered of each source. */
const WINDOW = 1024;

interface Window {
  epoch: number;
  highest: number;
  /** Number of the packet last seen in each place of the ring, -1 for none. */
  readonly ring: Int32Array;
}

/** The data plane of one member. */
export class Forwarding {
  readonly counts: ForwardingCounts = { delivered: 0, forwarded: 0, wrongNeighbour: 0, duplicates: 0 };
  private readonly windows = new Map<number, Window>();
  private readonly children: number[] = [];
  private next = 0;

  constructor(
    private readonly self: number,
    private readonly epoch: number,
    private readonly routing: Routing,
    private readonly observer: GroupObserver,
  ) {}

  /** Sends the next packet of this member to the group. */
  publish(context: ProcessContext<NaradaMessage>, payloadBytes: number): DataMessage {
    const packet: DataMessage = { kind: "data", source: this.self, epoch: this.epoch, number: this.next++, payloadBytes };
    this.pass(context, packet);
    return packet;
  }

  /** Takes a packet from a neighbour. */
  accept(context: ProcessContext<NaradaMessage>, from: number, packet: DataMessage): void {
    if (packet.source === this.self || this.routing.parentFor(packet.source) !== from) {
      this.counts.wrongNeighbour += 1;
      return;
    }
    if (!this.isNew(packet)) {
      this.counts.duplicates += 1;
      return;
    }
    this.counts.delivered += 1;
    this.observer.delivered?.(this.self, packet, context.nowUs);
    this.pass(context, packet);
  }

  private pass(context: ProcessContext<NaradaMessage>, packet: DataMessage): void {
    const { children } = this;
    children.length = 0;
    this.routing.childrenFor(packet.source, children);
    const bytes = messageBytes(packet);
    for (const child of children) {
      this.counts.forwarded += 1;
      this.observer.forwarded?.(this.self, child, packet, context.nowUs);
      context.send(child, packet, bytes);
    }
  }

  /** True for a packet that was not seen before; one older than the window counts as seen. */
  private isNew({ source, epoch, number }: DataMessage): boolean {
    let window = this.windows.get(source);
    if (window === undefined || epoch > window.epoch) {
      window = { epoch, highest: -1, ring: new Int32Array(WINDOW).fill(-1) };
      this.windows.set(source, window);
    }
    if (epoch < window.epoch || number <= window.highest - WINDOW || window.ring[number % WINDOW] === number) return false;
    window.ring[number % WINDOW] = number;
    window.highest = Math.max(window.highest, number);
    return true;
  }
}
