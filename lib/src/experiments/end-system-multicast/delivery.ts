/** How well a group was served while its members came and went: delivery ratio, and the times that members waited without packets. */
import type { Table } from "../../analysis/table";
import { checkNumber } from "../../errors";
import { SECOND_US } from "../../units";
import type { PacketRecord } from "./packet-log";

/** A time during which a member was up and packets passed it by. */
export interface ServiceGap {
  readonly member: number;
  readonly fromUs: number;
  readonly seconds: number;
  /** It had just come, or it had been served before. */
  readonly kind: "join" | "repair";
}

/** Share of packets that reached the hosts that were members when they were sent; NaN never: 1 when nobody was to be reached. */
export function deliveryRatio(packets: readonly PacketRecord[]): number {
  let due = 0;
  let got = 0;
  for (const { audience, delaysUs } of packets) {
    for (let host = 0; host < audience.length; host++) {
      if (audience[host] === 0) continue;
      due += 1;
      if (delaysUs[host] >= 0) got += 1;
    }
  }
  return due === 0 ? 1 : got / due;
}

/**
 * Gaps in the service of members, from the first packet missed to the next one received. Gaps that end with the member's own end or the run's are left out: nothing was repaired. The times are
 * as fine as the gap between two packets.
 *
 * @param packets of one source, in order of time
 */
export function serviceGaps(packets: readonly PacketRecord[]): ServiceGap[] {
  const gaps: ServiceGap[] = [];
  const hosts = packets.length === 0 ? 0 : packets[0].audience.length;
  for (let member = 0; member < hosts; member++) {
    let wasServed = false;
    let missedUs = -1;
    for (const { sentUs, audience, delaysUs } of packets) {
      if (audience[member] === 0) {
        wasServed = false;
        missedUs = -1;
      } else if (delaysUs[member] >= 0) {
        if (missedUs >= 0) gaps.push({ member, fromUs: missedUs, seconds: (sentUs - missedUs) / SECOND_US, kind: wasServed ? "repair" : "join" });
        wasServed = true;
        missedUs = -1;
      } else if (missedUs < 0) missedUs = sentUs;
    }
  }
  return gaps;
}

/**
 * Delivery ratio in each interval of a run, as a table.
 * @param intervalSeconds length of an interval, > 0
 * @throws ParameterError for an interval that is not positive
 */
export function deliveryOverTime(packets: readonly PacketRecord[], intervalSeconds: number, name: string): Table {
  checkNumber("intervalSeconds", intervalSeconds, { min: 0, exclusiveMin: true, unit: "seconds" });
  const byInterval = new Map<number, PacketRecord[]>();
  for (const packet of packets) {
    const interval = Math.floor(packet.sentUs / SECOND_US / intervalSeconds);
    byInterval.set(interval, [...(byInterval.get(interval) ?? []), packet]);
  }
  const rows = [...byInterval].map(([interval, records]) => ({ minutes: (interval * intervalSeconds) / 60, delivered: 100 * deliveryRatio(records), members: records[0].audience.reduce((sum, one) => sum + one, 0) }));
  return {
    name,
    columns: [
      { name: "minutes", title: "Time", type: "number", unit: "min", digits: 4 },
      { name: "delivered", title: "Delivered", type: "number", unit: "%", digits: 5, definition: "Packets that reached the members of their time, in per cent." },
      { name: "members", title: "Members", type: "integer", definition: "Members at the beginning of the interval, the source not counted." },
    ],
    rows,
  };
}
