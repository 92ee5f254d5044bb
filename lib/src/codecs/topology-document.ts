/**
 * What a topology file says, whatever its format: nodes, links and their attributes, without interpretation. `network/` turns it
 * into a router graph, where the caller decides what a link's delay is and what to do about missing positions and separate parts.
 * All strings come from the file and are untrusted: show them only through `html.ts`.
 */

/** A node as written in the file. */
export interface TopologyNode {
  /** The file's own identifier, unique in the document. */
  readonly id: string;
  /** A name for readers; the identifier when the file gives none. */
  readonly label: string;
  /** Degrees, -90..90; null when the file gives no geographic position. */
  readonly latitude: number | null;
  /** Degrees, -180..180; null when the file gives no geographic position. */
  readonly longitude: number | null;
  readonly attributes: ReadonlyMap<string, string>;
  /** Line of the file, from 1. */
  readonly line: number;
}

/** A link as written in the file; ends are indices into the document's nodes. */
export interface TopologyLink {
  readonly source: number;
  readonly target: number;
  /** True when the line stands for one direction only. */
  readonly directed: boolean;
  /** Routing weight (IGP metric), > 0; null when not given. */
  readonly weight: number | null;
  /** One-way delay in milliseconds, >= 0; null when not given. */
  readonly delayMs: number | null;
  /** Capacity in bit/s, > 0; null when not given. */
  readonly capacityBps: number | null;
  readonly attributes: ReadonlyMap<string, string>;
  /** Line of the file, from 1. */
  readonly line: number;
}

/** A traffic demand of a planning instance (SNDlib); ends are indices into the document's nodes. */
export interface TopologyDemand {
  readonly id: string;
  readonly source: number;
  readonly target: number;
  /** In the unit of the file's link capacities. */
  readonly value: number;
}

/** A topology file, read. */
export interface TopologyDocument {
  readonly format: "graphml" | "gml" | "sndlib" | "rocketfuel" | "as-relationships" | "edge-list";
  /** As given in the file, else the file name the caller gave. */
  readonly name: string;
  readonly file: string;
  readonly nodes: readonly TopologyNode[];
  readonly links: readonly TopologyLink[];
  readonly demands: readonly TopologyDemand[];
  /** Attributes of the whole graph. */
  readonly attributes: ReadonlyMap<string, string>;
  /** What a reader should know about how the file was understood: coordinates taken for a drawing, zero capacities taken for unknown. */
  readonly notes: readonly string[];
}

/** A map for nodes and links without attributes, shared to save memory. */
export const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();
