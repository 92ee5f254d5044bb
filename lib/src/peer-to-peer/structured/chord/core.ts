/** What the parts of a Chord process share: parameters, state, the log of lookups, the keys held, and small helpers. */
import type { ProcessContext, RandomStream } from "../../../simulation";
import type { KeyStore } from "../key-store";
import type { LookupLog } from "../lookup-log";
import type { Routing } from "./decisions";
import { messageBytes, type ChordMessage } from "./messages";
import type { ChordParameters } from "./parameters";
import type { ChordState } from "./state";

/** The context of a Chord node's handlers. */
export type Context = ProcessContext<ChordMessage>;

/** Shared by the parts of one {@link ChordProcess}. */
export interface ChordCore {
  readonly parameters: ChordParameters;
  readonly state: ChordState;
  readonly view: Routing;
  readonly lookups: LookupLog;
  readonly store: KeyStore;
  /** Bytes of an id. */
  readonly idBytes: number;
  /** Chooses a node to join through; -1: begin a ring. */
  readonly bootstrap?: (node: number, random: RandomStream) => number;
}

/** Sends an object with its size. @param ids bare ids in it @param contacts ids with addresses in it */
export function sendObject({ idBytes }: ChordCore, context: Context, to: number, message: ChordMessage, ids: number, contacts: number): void {
  context.send(to, message, messageBytes(idBytes, ids, contacts));
}

/** A draw from a period with its jitter, at least one microsecond. */
export function drawPeriodUs({ parameters }: ChordCore, context: Context, meanUs: number): number {
  const { jitter } = parameters;
  return Math.max(1, Math.round(meanUs * (1 - jitter + 2 * jitter * context.random("period").uniform())));
}

/** The code of the start of a finger as the target of a lookup; a key or a node is its row. @param number 1..bits */
export function fingerCode({ state }: ChordCore, node: number, number: number): number {
  return -1 - (node * state.table.space.bits + number - 1);
}

/** The finger that a code below 0 stands for. */
export function fingerOfCode({ state }: ChordCore, code: number): { readonly node: number; readonly number: number } {
  const flat = -1 - code;
  const { bits } = state.table.space;
  const node = Math.floor(flat / bits);
  return { node, number: flat - node * bits + 1 };
}

/** The row in which the target of a code can be read until the next call. */
export function targetRow(core: ChordCore, code: number): number {
  if (code >= 0) return code;
  const { state } = core;
  const flat = -1 - code;
  const { bits } = state.table.space;
  const node = Math.floor(flat / bits);
  state.table.setOffset(state.scratch, node, flat - node * bits);
  return state.scratch;
}
