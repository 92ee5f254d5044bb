/**
 * The trace: what happened in a run, as typed records. A simulation without a sink pays one comparison per event. Records are plain data
 * except that a message is the sent object itself (never changed after sending), so a kept record shows what was sent.
 */
import { checkNumber } from "../errors";
import { checkRecord } from "./checks";

/** What every record says. */
interface RecordBase {
  /** Number of the event (from 1) that this record is, or in which it was caused. */
  readonly event: number;
  readonly timeUs: number;
  readonly node: number;
}

/** A node changed its state: it started its process, lost it, came back, or stood still for a while. */
export interface NodeRecord extends RecordBase {
  readonly kind: "start" | "crash" | "restart" | "pause" | "resume";
}

/** A message left, arrived, or will never arrive. `node` is the sender for "send" and "lose", the receiver for "deliver" and "drop". */
export interface MessageRecord extends RecordBase {
  /** "lose": the network lost it. "drop": it arrived at a node that was down. */
  readonly kind: "send" | "deliver" | "lose" | "drop";
  readonly peer: number;
  /** The message's `kind` if it has one; "numbers K" for a message of numbers of kind K. */
  readonly label: string;
  readonly message: unknown;
  readonly bytes: number;
  /** The same number at sending and arrival; copies made by the network have their own. 0 for a lost message. */
  readonly id: number;
  /** Time of arrival, known when sent; -1 for a lost message. */
  readonly arrivalUs: number;
  /** Why it was lost ("fault 0 loss", "uplink queue full") or dropped ("node down", "crash after a pause"). */
  readonly reason?: string;
}

/** A timer was set, stopped, or expired. */
export interface TimerRecord extends RecordBase {
  readonly kind: "set-timer" | "cancel-timer" | "timer";
  readonly label: string;
  readonly key: number;
  readonly expiryUs: number;
}

/** A remark of a process, or a call from outside into a node (`node` -1: an action of the experiment itself). */
export interface NoteRecord extends RecordBase {
  readonly kind: "note" | "invoke" | "action";
  readonly label: string;
  readonly value: unknown;
}

/** One line of a trace. */
export type TraceRecord = NodeRecord | MessageRecord | TimerRecord | NoteRecord;

/** Receives the records of a run in order. */
export interface TraceSink {
  record(record: TraceRecord): void;
}

/** Keeps the latest records of a run. */
export class TraceBuffer implements TraceSink {
  private readonly ring: TraceRecord[] = [];
  private next = 0;
  /** How many records have been overwritten. */
  overwritten = 0;

  /** @param capacity how many records to keep, 1..10^7 */
  constructor(readonly capacity = 65536) {
    checkNumber("capacity", capacity, { min: 1, max: 1e7, integer: true });
  }

  record(record: TraceRecord): void {
    if (this.ring.length < this.capacity) {
      this.ring.push(record);
      return;
    }
    this.ring[this.next] = record;
    this.next = (this.next + 1) % this.capacity;
    this.overwritten += 1;
  }

  /** The kept records, oldest first. */
  records(): TraceRecord[] {
    return [...this.ring.slice(this.next), ...this.ring.slice(0, this.next)];
  }
}

/** The name under which a message is shown: its `kind` if that is a text. */
export function labelOf(message: unknown): string {
  if (typeof message === "object" && message !== null) {
    const { kind } = message as { kind?: unknown };
    if (typeof kind === "string") return kind;
  }
  return "message";
}

/** One record as one line of text. */
export function formatRecord(record: TraceRecord): string {
  checkRecord("record", record);
  const head = `#${record.event} ${record.timeUs} µs node ${record.node} ${record.kind}`;
  switch (record.kind) {
    case "send":
    case "lose":
      return `${head} ${record.label} to ${record.peer}${because(record)}`;
    case "deliver":
    case "drop":
      return `${head} ${record.label} from ${record.peer}${because(record)}`;
    case "set-timer":
    case "cancel-timer":
    case "timer":
      return `${head} ${record.label}${record.key === 0 ? "" : ` ${record.key}`}`;
    case "note":
    case "invoke":
    case "action":
      return `${head} ${record.label}`;
    default:
      return head;
  }
}

function because({ reason }: MessageRecord): string {
  return reason === undefined ? "" : ` (${reason})`;
}
