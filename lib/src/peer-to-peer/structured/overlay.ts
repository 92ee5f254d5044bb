/**
 * What all structured overlays have in common. Each comes in two tiers: a process that runs message by message on the process contract, with joins, leaves,
 * failures and timeouts; and a snapshot of the converged structure in typed arrays for hop counts and load up to 10^6 nodes. Both speak of ids by their row in
 * one {@link IdTable}: rows 0..nodes-1 are the nodes (a node's id never changes, it is the hash of its address), later rows are keys. A number of a row in a message
 * stands for the id itself, and the message's size in bytes counts it as such.
 *
 * Chord implements this first; the laws that every overlay has to obey are in test/laws/structured-laws.ts.
 */
import { ParameterError } from "../../errors";
import type { IdTable, IdValue } from "../../ids";
import type { Process, ProcessContext } from "../../simulation";
import type { LookupLog } from "./lookup-log";

/** A population of nodes that run one kind of structured overlay. One object serves all nodes and keeps their state in arrays by node. */
export interface StructuredProcess<M = unknown> extends Process<M> {
  /** Name of the overlay: "Chord". */
  readonly overlay: string;
  /** Number of nodes, in or out of the overlay. */
  readonly nodes: number;
  /** Ids of nodes, then of keys. */
  readonly table: IdTable;
  /** What became of the lookups, in the order in which they began. */
  readonly lookups: LookupLog;
  /** Enters a key. @returns its row, to be used wherever a key is asked for @throws ParameterError when it is no id of the space */
  addKey(id: IdValue): number;
  /** Makes this node the first of an overlay. */
  create(context: ProcessContext<M>): void;
  /** Lets this node join through one that it knows. @throws ParameterError when there is no such node */
  join(context: ProcessContext<M>, bootstrap: number): void;
  /** Lets this node leave in good order. No effect if it is not in the overlay. */
  leave(context: ProcessContext<M>): void;
  /** Starts a lookup at this node. @returns its row in `lookups` @throws ParameterError when there is no such key */
  lookup(context: ProcessContext<M>, key: number): number;
  /** Like `lookup`, and stores the key's object where it is found. */
  put(context: ProcessContext<M>, key: number): number;
  /** Puts nodes into the state in which the overlay has converged, before the run. @throws ParameterError for no, unknown or repeated members */
  install(members: ArrayLike<number>): void;
  /** Whether a node takes itself for a member. Says nothing about a node that is down. */
  isMember(node: number): boolean;
  /** Whether a node takes itself for the owner of a key. */
  answersFor(node: number, key: number): boolean;
  /**
   * The nodes that should hold copies of a key as far as one node knows, the owner first; complete at the owner, a guess far from it. Asks nobody.
   * @param copies how many, owner included, 1..; fewer come back when the node knows fewer
   * @throws ParameterError for an unknown node or key
   */
  replicaSet(node: number, key: number, copies: number): number[];
  /** The first rule of the converged structure that does not hold among the nodes that are up, as a sentence; `null` when all hold. */
  firstFault(up: ArrayLike<number>): string | null;
}

/** A converged overlay, frozen: who owns what, and the way of a lookup. Nodes are numbered by their row in the table. */
export interface StructuredSnapshot {
  readonly overlay: string;
  readonly table: IdTable;
  /** Number of members. */
  readonly length: number;
  /** Bytes of ids and routing state together. */
  readonly bytes: number;
  /** Row of the node that owns the key in a row. */
  ownerOf(key: number): number;
  /** Rows of the nodes that hold a key when there are so many copies, the owner first. */
  holdersOf(key: number, copies: number): number[];
  /** Follows a lookup. The report is filled, so that a million of them need one object. */
  lookup(from: number, key: number, report: RouteReport): RouteReport;
}

/** How a lookup went; filled by {@link StructuredSnapshot.lookup}. */
export class RouteReport {
  /** Row of the node that the lookup ended at; -1 when it failed. */
  owner = -1;
  /** Forwarding hops up to the node that knew the owner. */
  hops = 0;
  /** 1 when a last hop led from there to the owner, 0 when that node was the owner itself. */
  lastHop = 0;
  /** Contacts with nodes that did not answer. */
  timeouts = 0;
  /** Time until the origin has its answer, microseconds; 0 without a latency model. */
  latencyUs = 0;
  /** Nodes that answered, the origin first and the owner last; kept only when `keepPath`. */
  readonly path: number[] = [];

  /** @param keepPath whether the nodes on the way are written down */
  constructor(readonly keepPath = false) {}

  /** Empties the report for a lookup that begins at a node. */
  begin(from: number): void {
    this.owner = -1;
    this.hops = 0;
    this.lastHop = 0;
    this.timeouts = 0;
    this.latencyUs = 0;
    this.path.length = 0;
    if (this.keepPath) this.path.push(from);
  }
}

/** Refuses what is no number of a key's row. @throws ParameterError */
export function checkKey(table: IdTable, nodes: number, key: number): number {
  if (Number.isInteger(key) && key >= nodes && key < table.length) return key;
  throw new ParameterError({ what: "no such key", got: key, expected: table.length === nodes ? "a key entered with addKey; there is none yet" : `a number from addKey, ${nodes} to ${table.length - 1}`, where: "parameter key" });
}

/** Refuses what is no number of a node. @throws ParameterError */
export function checkMember(name: string, node: number, nodes: number): number {
  if (Number.isInteger(node) && node >= 0 && node < nodes) return node;
  throw new ParameterError({ what: "no such node", got: node, expected: `a whole number from 0 to ${nodes - 1}`, where: `parameter ${name}` });
}

/** Refuses a list of members that is empty, or names an unknown node or one twice. @throws ParameterError */
export function checkMembers(members: ArrayLike<number>, nodes: number): Int32Array {
  if (!(members?.length > 0)) throw new ParameterError({ what: "empty ring", got: members, expected: "at least one node", where: "parameter members" });
  const seen = new Uint8Array(nodes);
  for (let i = 0; i < members.length; i++) {
    checkMember(`members[${i}]`, members[i], nodes);
    if (seen[members[i]] === 1) throw new ParameterError({ what: "a node is named twice", got: members[i], expected: "distinct nodes", where: `parameter members[${i}]` });
    seen[members[i]] = 1;
  }
  return Int32Array.from(members);
}
