/** State of a servent, and the rules that it always keeps. */
import { InvariantError } from "../../errors";
import type { SharedFolder } from "../napster";
import type { GnutellaDropReason, GnutellaOptions } from "./options";
import { HostList, RouteTable } from "./route-table";

/** A neighbour, as one end of the connection knows it. */
export interface Neighbour {
  lastHeardUs: number;
  /** Whether this servent opened the connection. */
  readonly isOutgoing: boolean;
}

/** A download under way. */
export interface Download {
  readonly key: number;
  readonly from: number;
  readonly serventId: string;
  readonly fileIndex: number;
  readonly fileName: string;
  /** "get": a request is sent; "push": the holder has been asked to connect. */
  readonly stage: "get" | "push";
}

/** Everything that a servent knows. */
export interface ServentState {
  readonly node: number;
  /** Drawn anew at each start, as a servent does. */
  serventId: string;
  readonly folder: SharedFolder;
  readonly neighbours: Map<number, Neighbour>;
  /** Nodes that were asked for a connection and have not answered. */
  readonly connecting: Set<number>;
  readonly known: HostList;
  readonly pings: RouteTable;
  readonly queries: RouteTable;
  readonly pushes: RouteTable;
  /** Servent ids with the neighbour through which their answers came. */
  readonly holders: RouteTable;
  readonly downloads: Map<number, Download>;
  nextDownload: number;
  readonly dropped: Map<GnutellaDropReason, number>;
}

/** A state as it is before the first event. */
export function initialServentState(node: number, folder: SharedFolder, options: GnutellaOptions, known = new HostList(options.maxKnownHosts)): ServentState {
  const table = () => new RouteTable(options.routeEntries, options.routeExpiryUs);
  return {
    node, serventId: "0".repeat(32), folder, neighbours: new Map(), connecting: new Set(), known, pings: table(), queries: table(), pushes: table(), holders: table(),
    downloads: new Map(), nextDownload: 1, dropped: new Map(),
  };
}

/** @throws InvariantError naming the first rule broken */
export function checkServentState(state: ServentState, options: GnutellaOptions): void {
  const refuse = (what: string, got: unknown, expected: string): never => {
    throw new InvariantError({ what, got, expected, where: `servent ${state.node}` });
  };
  if (state.neighbours.has(state.node) || state.connecting.has(state.node)) refuse("a servent is its own neighbour", state.node, "other nodes");
  // Links given at the start may be more than a servent would accept.
  if (options.maintains && state.neighbours.size > options.maxNeighbours) refuse("too many neighbours", state.neighbours.size, `at most ${options.maxNeighbours}`);
  for (const peer of state.connecting) if (state.neighbours.has(peer)) refuse("a neighbour is being connected to again", peer, "one connection for each pair");
  if (state.known.size > options.maxKnownHosts) refuse("too many known hosts", state.known.size, `at most ${options.maxKnownHosts}`);
  for (const table of [state.pings, state.queries, state.pushes, state.holders]) if (table.size > options.routeEntries) refuse("route table too large", table.size, `at most ${options.routeEntries}`);
}

/** The state as plain data, for traces, drawings and the explorer. */
export function serventView(state: ServentState): unknown {
  const routes = (table: RouteTable) => table.list().map(({ id, from }) => [id, from]);
  return {
    neighbours: [...state.neighbours.keys()], connecting: [...state.connecting], files: state.folder.files.map(({ name }) => name), known: state.known.list(),
    pings: routes(state.pings), queries: routes(state.queries), pushes: routes(state.pushes), holders: routes(state.holders),
    downloads: [...state.downloads.values()].map(({ fileName, from, stage }) => [fileName, from, stage]), dropped: [...state.dropped],
  };
}
