/**
 * Queueing at the access links of hosts. A message leaves through its sender's uplink, bit by bit and first come, first served; it comes in through
 * the receiver's downlink in the first free slot that fits after it arrives there. The downlink's slots are given away when a message is sent, so a message
 * that is sent later but arrives earlier takes a slot before the ones already given if it fits, and else the next that does; it never moves others.
 */
import { ParameterError, checkNumber } from "../errors";
import { BITS_PER_BYTE, SECOND_US } from "../units";
import { checkHostRates, type Hosts } from "./hosts";
import { checkHost } from "./latency-model";

/** Slots of a downlink that are taken, as start and end in turn, in order of time. */
type Slots = number[];

/** Access links with first-in, first-out queues. */
export class AccessQueues {
  private readonly upFreeUs: Float64Array;
  private readonly downSlots: (Slots | undefined)[];
  private readonly maxBacklogBits: number;

  /**
   * @param hosts access rates
   * @param maxBacklogBytes bytes that may wait at an uplink; a message that finds more is dropped. No limit if absent.
   */
  constructor(
    private readonly hosts: Hosts,
    maxBacklogBytes = Infinity,
  ) {
    checkHostRates(hosts);
    if (typeof maxBacklogBytes !== "number" || !(maxBacklogBytes >= 0)) {
      throw new ParameterError({
        what: "bad queue limit",
        got: maxBacklogBytes,
        expected: "a number >= 0 bytes",
        where: "parameter maxBacklogBytes",
      });
    }
    this.maxBacklogBits = maxBacklogBytes * BITS_PER_BYTE;
    this.upFreeUs = new Float64Array(hosts.count);
    this.downSlots = new Array<Slots | undefined>(hosts.count).fill(undefined);
  }

  /**
   * Queues a message at its sender's uplink.
   * @returns when its last bit has left, microseconds (not rounded), or -1 when the queue was too long
   * @throws ParameterError for an unknown host or a bad size
   */
  leaveUs(from: number, bytes: number, nowUs: number): number {
    checkNumber("bytes", bytes, { min: 0, unit: "bytes" });
    if ((from >>> 0) !== from || from >= this.hosts.count) checkHost(from, this.hosts.count);
    if (!(nowUs >= 0)) checkNumber("nowUs", nowUs, { min: 0, unit: "µs" });
    const rate = this.hosts.upBps[from];
    const startUs = Math.max(nowUs, this.upFreeUs[from]);
    if (((startUs - nowUs) / SECOND_US) * rate > this.maxBacklogBits) return -1;
    const endUs = startUs + (bytes * BITS_PER_BYTE * SECOND_US) / rate;
    this.upFreeUs[from] = endUs;
    return endUs;
  }

  /**
   * Takes a slot of the receiver's downlink for a message whose last bit could arrive at `arriveUs` on an idle, endlessly fast link.
   * @returns when its last bit is in, microseconds (not rounded)
   */
  arriveUs(to: number, bytes: number, arriveUs: number, nowUs: number): number {
    if ((to >>> 0) !== to || to >= this.hosts.count) checkHost(to, this.hosts.count);
    if (!(bytes >= 0 && arriveUs >= nowUs && nowUs >= 0)) {
      checkNumber("bytes", bytes, { min: 0, unit: "bytes" });
      checkNumber("nowUs", nowUs, { min: 0, unit: "µs" });
      checkNumber("arriveUs", arriveUs, { min: nowUs, unit: "µs" });
    }
    const durationUs = (bytes * BITS_PER_BYTE * SECOND_US) / this.hosts.downBps[to];
    if (durationUs === 0) return arriveUs;
    const slots = this.downSlots[to] ?? [];
    this.downSlots[to] = slots;
    let past = 0;
    while (past < slots.length && slots[past + 1] <= nowUs) past += 2;
    if (past > 0) slots.splice(0, past);
    let startUs = arriveUs;
    let at = 0;
    while (at < slots.length && slots[at] < startUs + durationUs) {
      startUs = Math.max(startUs, slots[at + 1]);
      at += 2;
    }
    insertSlot(slots, at, startUs, startUs + durationUs);
    return startUs + durationUs;
  }
}

/** Puts a slot before position `at`, joined with its neighbours where they touch. */
function insertSlot(slots: Slots, at: number, startUs: number, endUs: number): void {
  const joinsBefore = at > 0 && slots[at - 1] === startUs;
  const joinsAfter = at < slots.length && slots[at] === endUs;
  if (joinsBefore && joinsAfter) slots.splice(at - 1, 2);
  else if (joinsBefore) slots[at - 1] = endUs;
  else if (joinsAfter) slots[at] = startUs;
  else slots.splice(at, 0, startUs, endUs);
}
