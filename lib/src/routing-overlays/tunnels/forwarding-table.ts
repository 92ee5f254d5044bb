/** The forwarding table of one node in one layer: longest match by the bits of an address or by the labels of a name or URL, whichever the overlay's addresses are. */
import { parseIpAddress, parseIpPrefix } from "../../ids/ip-address";
import { PrefixTable } from "../../ids/prefix-table";
import { LabelTable, nameLabels, urlLabels } from "./label-table";
import type { AddressFamily } from "./packet";

/** Destinations with a value each: the way out. An overlay of content has no such table, see subscriptions.ts. */
export class ForwardingTable {
  private readonly bits: PrefixTable | null;
  private readonly labels = new LabelTable();

  /** @param family of the addresses; not "content" */
  constructor(readonly family: AddressFamily) {
    this.bits = family === "ipv4" ? new PrefixTable(32) : family === "ipv6" ? new PrefixTable(128) : null;
  }

  /** Number of entries. */
  get size(): number {
    return this.bits === null ? this.labels.size : this.bits.size;
  }

  /** Adds an entry or gives it a new value. @throws ParameterError for what is not a block, name or URL */
  set(prefix: string, value: number): void {
    if (this.bits === null) this.labels.set(this.labelsOf(prefix), value);
    else this.bits.set(parseIpPrefix(prefix), value);
  }

  /** Value of the longest entry that holds the destination, or -1. */
  lookup(destination: string): number {
    return this.bits === null ? this.labels.lookup(this.labelsOf(destination)) : this.bits.lookup(parseIpAddress(destination));
  }

  private labelsOf(text: string): string[] {
    return this.family === "url" ? urlLabels(text) : nameLabels(text);
  }
}
