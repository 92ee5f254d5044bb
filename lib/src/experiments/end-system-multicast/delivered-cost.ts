/** The cost of packets that a group delivered in a run, and of the same packets under the other schemes. */
import type { Underlay } from "../../network";
import { overlayCost, type DeliveryCost } from "../../routing-overlays/end-system-multicast";
import { SECOND_US } from "../../units";
import type { Group } from "./group-world";
import type { PacketRecord } from "./packet-log";

/** What a packet cost on its way over the mesh. @throws ParameterError when a copy had no way */
export function packetCost(underlay: Underlay, packet: PacketRecord): DeliveryCost {
  const delays = new Map<number, number>();
  packet.delaysUs.forEach((delayUs, member) => {
    if (delayUs >= 0) delays.set(member, delayUs);
  });
  return overlayCost(underlay, packet.source, packet.copies, delays);
}

/**
 * Lets members send one packet each, one after the other, and waits until all have arrived.
 *
 * @param sources members that are up; a packet each
 * @returns the packets with their copies, in this order
 */
export function sendOneEach(group: Group, sources: readonly number[], payloadBytes = 1000): PacketRecord[] {
  const { packets, simulation } = group;
  const before = packets.records.length;
  packets.keepCopies = true;
  sources.forEach((source, index) => group.publishAt(simulation.nowUs + index, source, payloadBytes));
  simulation.run({ untilUs: simulation.nowUs + sources.length + 10 * SECOND_US });
  packets.keepCopies = false;
  return packets.records.slice(before);
}
