/** What became of the packets of a group: when each was sent, who got it when, and over which copies. Also the guard of the rule that no member gets a packet twice. */
import { InvariantError } from "../../errors";
import type { OverlayHop } from "../../network";
import { naradaMessageBytes, type MulticastPacket } from "../../routing-overlays/end-system-multicast";

/** One packet. */
export interface PacketRecord {
  readonly source: number;
  readonly sentUs: number;
  /** Microseconds after sending at which each host got it; -1 for never. */
  readonly delaysUs: Float64Array;
  /** 1 for each host that was a member when it was sent, the source not. */
  readonly audience: Uint8Array;
  /** Who sent a copy to whom, in order; empty unless copies are kept. */
  readonly copies: OverlayHop[];
}

/** Keeps the packets of a run. */
export class PacketLog {
  readonly records: PacketRecord[] = [];
  /** Keep the copies of packets sent from now on; costs memory. */
  keepCopies = false;
  /** Packets that reached an application. */
  deliveries = 0;
  /** Bytes of all copies sent, headers included. */
  copyBytes = 0;
  /** By source and start of the source, then by number. */
  private readonly streams = new Map<number, PacketRecord[]>();
  /** Copies of a packet that its source sends before it is known here. */
  private readonly early: OverlayHop[] = [];
  private readonly startedUs: Float64Array;

  constructor(private readonly hosts: number) {
    this.startedUs = new Float64Array(hosts);
  }

  /** A host starts (again), and has forgotten what it had. */
  started(host: number, nowUs: number): void {
    this.startedUs[host] = nowUs;
  }

  /** A packet was sent; its first copies are already on their way. */
  published(packet: MulticastPacket, nowUs: number, members: readonly number[]): void {
    const audience = new Uint8Array(this.hosts);
    for (const member of members) audience[member] = 1;
    audience[packet.source] = 0;
    const record: PacketRecord = { source: packet.source, sentUs: nowUs, delaysUs: new Float64Array(this.hosts).fill(-1), audience, copies: this.early.splice(0) };
    const stream = this.streams.get(streamKey(packet)) ?? [];
    stream[packet.number] = record;
    this.streams.set(streamKey(packet), stream);
    this.records.push(record);
  }

  /** A copy was sent. */
  forwarded(from: number, to: number, packet: MulticastPacket): void {
    this.copyBytes += naradaMessageBytes(packet);
    if (!this.keepCopies) return;
    (from === packet.source ? this.early : this.recordOf(packet).copies).push([from, to]);
  }

  /** A member got a packet. @throws InvariantError when it had it already */
  delivered(member: number, packet: MulticastPacket, nowUs: number): void {
    const record = this.recordOf(packet);
    this.deliveries += 1;
    const before = record.delaysUs[member];
    if (before >= 0 && record.sentUs + before >= this.startedUs[member]) {
      throw new InvariantError({ what: "a packet was delivered twice", got: { source: packet.source, number: packet.number }, where: `member ${member}, ${nowUs} µs` });
    }
    record.delaysUs[member] = nowUs - record.sentUs;
  }

  private recordOf(packet: MulticastPacket): PacketRecord {
    const record = this.streams.get(streamKey(packet))?.[packet.number];
    if (record === undefined) throw new InvariantError({ what: "a packet travels that was never sent", got: packet });
    return record;
  }
}

/** Sources are below 2^16, starts below 2^29. */
function streamKey({ source, epoch }: MulticastPacket): number {
  return epoch * 65536 + source;
}
