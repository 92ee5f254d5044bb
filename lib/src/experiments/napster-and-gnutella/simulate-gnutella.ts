/** A world of Gnutella in the simulator: servents, the links that they begin with, host caches. */
import { ParameterError, checkNumber } from "../../errors";
import {
  checkGnutellaOptions, checkOverlay, GNUTELLA_DEFAULTS, GnutellaServent, HostCache, HostList, type FoundFile, type GnutellaDropReason, type GnutellaHit, type GnutellaMessage, type GnutellaOptions, type HostCacheOptions, type OverlayGraph,
} from "../../peer-to-peer/gnutella";
import type { SharedFile } from "../../peer-to-peer/napster";
import { Simulation, constantDelay } from "../../simulation";
import { checkWorldOptions, folderOf, type WorldOptions } from "./simulate-napster";

/** A servent to build. */
export interface ServentSpec {
  readonly files?: readonly SharedFile[];
  /** Nodes that it knows when it starts: servents, or host caches, whose numbers follow those of the servents. */
  readonly bootstrap?: readonly number[];
  /** Default false. */
  readonly isFirewalled?: boolean;
  /** kB/s, 0..65535; 128 if absent. */
  readonly speedKBps?: number;
}

/** Who takes part. */
export interface GnutellaWorldSpec {
  readonly servents: readonly ServentSpec[];
  /** Pairs of servents that are neighbours from the first moment; after a crash only with `maintains: false`. */
  readonly links?: readonly (readonly [number, number])[];
  /** Host caches, one after another behind the servents; none if absent. */
  readonly hostCaches?: readonly Partial<HostCacheOptions>[];
  readonly options?: Partial<GnutellaOptions>;
}

/** What happened to descriptors, counted while the world runs. */
export interface ForwardRecord {
  readonly node: number;
  readonly kind: string;
  readonly id: string;
  readonly copies: number;
}

/** A running world. */
export interface GnutellaSimulation {
  readonly simulation: Simulation<GnutellaMessage, GnutellaServent | HostCache>;
  readonly hits: readonly GnutellaHit[];
  /** Every time that a servent sent a descriptor, in order. */
  readonly forwards: readonly ForwardRecord[];
  /** Searches that were begun. */
  readonly searches: readonly { readonly timeUs: number; readonly node: number; readonly id: string; readonly text: string }[];
  readonly drops: ReadonlyMap<GnutellaDropReason, number>;
  readonly downloads: readonly { readonly timeUs: number; readonly node: number; readonly from: number; readonly fileName: string; readonly pushed: boolean }[];
  readonly failedDownloads: readonly { readonly timeUs: number; readonly node: number; readonly from: number; readonly fileName: string; readonly reason: string }[];
  searchAt(timeUs: number, node: number, text: string, ttl?: number): void;
  downloadAt(timeUs: number, node: number, file: FoundFile): void;
  /** The servent of a node, null while it is down. @throws ParameterError when the node is a host cache or does not exist */
  servent(node: number): GnutellaServent | null;
  /** The links as they are: pairs of which both ends count the other as a neighbour. */
  links(): [number, number][];
  /** @throws InvariantError when a rule of some servent is broken */
  checkInvariants(): void;
}

/**
 * Builds a world. Nothing has happened in it yet.
 * @throws ParameterError when the description or an option is wrong: an unknown bootstrap node, a link of a node with itself, a bad file
 */
export function simulateGnutella(spec: GnutellaWorldSpec, options: WorldOptions): GnutellaSimulation {
  if (!Array.isArray(spec?.servents) || spec.servents.length === 0) throw new ParameterError({ what: "no servents", got: spec?.servents, expected: "a list of at least one", where: "spec.servents" });
  const servents = spec.servents.length;
  const { hostCaches: caches = [], links = [] } = spec;
  if (!Array.isArray(caches)) throw new ParameterError({ what: "no list of host caches", got: caches, expected: "a list of their options", where: "spec.hostCaches" });
  const nodes = servents + caches.length;
  spec.servents.forEach((servent, index) => checkServent(servent, index, nodes));
  checkWorldOptions(options);
  const folders = spec.servents.map(({ files = [] }: ServentSpec, index: number) => folderOf(files, `servents[${index}]`));
  // Processes are made when their nodes start; what is wrong with them should be known now.
  checkGnutellaOptions(spec.options);
  const cacheLists = caches.map((cache) => new HostCache(cache).hosts);
  const { maxKnownHosts } = { ...GNUTELLA_DEFAULTS, ...spec.options };
  const hostFiles = folders.map(() => new HostList(maxKnownHosts));
  const linksOf = neighboursOf(links, servents);
  const hits: GnutellaHit[] = [];
  const forwards: ForwardRecord[] = [];
  const searches: { timeUs: number; node: number; id: string; text: string }[] = [];
  const drops = new Map<GnutellaDropReason, number>();
  const downloads: { timeUs: number; node: number; from: number; fileName: string; pushed: boolean }[] = [];
  const failedDownloads: { timeUs: number; node: number; from: number; fileName: string; reason: string }[] = [];
  const observer = {
    hit: (hit: GnutellaHit) => void hits.push(hit),
    forwarded: (node: number, kind: string, id: string, copies: number) => void forwards.push({ node, kind, id, copies }),
    searched: (timeUs: number, node: number, id: string, text: string) => void searches.push({ timeUs, node, id, text }),
    dropped: (_node: number, reason: GnutellaDropReason) => void drops.set(reason, (drops.get(reason) ?? 0) + 1),
    downloaded: (timeUs: number, node: number, from: number, fileName: string, pushed: boolean) => void downloads.push({ timeUs, node, from, fileName, pushed }),
    downloadFailed: (timeUs: number, node: number, from: number, fileName: string, reason: string) => void failedDownloads.push({ timeUs, node, from, fileName, reason }),
  };
  const keepsLinks = spec.options?.maintains === false;
  const simulation = new Simulation<GnutellaMessage, GnutellaServent | HostCache>({
    nodes, seed: options.seed, replication: options.replication ?? 0, faults: options.faults, trace: options.trace, startUs: options.startUs,
    transport: options.transport ?? constantDelay(50_000),
    process: (node, incarnation) => {
      if (node >= servents) return new HostCache(caches[node - servents], cacheLists[node - servents]);
      const links = incarnation === 0 || keepsLinks ? linksOf[node] : [];
      return new GnutellaServent(node, { folder: folders[node], savedHosts: hostFiles[node], nodes, links, ...pick(spec.servents[node]) }, spec.options, observer);
    },
  });
  const servent = (node: number) => (simulation.processOf(checkNumber("node", node, { min: 0, max: servents - 1, integer: true, unit: "(a servent)" })) as GnutellaServent | undefined) ?? null;
  const visit = (timeUs: number, node: number, act: (process: GnutellaServent, context: Parameters<GnutellaServent["onStart"]>[0]) => void) => {
    checkNumber("node", node, { min: 0, max: servents - 1, integer: true, unit: "(a servent)" });
    simulation.invokeAt(timeUs, node, (process, context) => act(process as GnutellaServent, context));
  };
  return {
    simulation, hits, forwards, searches, drops, downloads, failedDownloads, servent,
    searchAt: (timeUs, node, text, ttl) => visit(timeUs, node, (process, context) => void process.search(context, text, ttl)),
    downloadAt: (timeUs, node, file) => visit(timeUs, node, (process, context) => process.download(context, file)),
    links: () => mutualLinks(servents, servent),
    checkInvariants: () => {
      for (let node = 0; node < servents; node++) servent(node)?.checkInvariants();
    },
  };
}

function pick(servent: ServentSpec): Pick<ServentSpec, "bootstrap" | "isFirewalled" | "speedKBps"> {
  return { bootstrap: servent.bootstrap, isFirewalled: servent.isFirewalled, speedKBps: servent.speedKBps };
}

function checkServent(servent: ServentSpec, index: number, nodes: number): void {
  if (typeof servent !== "object" || servent === null) throw new ParameterError({ what: "no servent", got: servent, expected: "an object; {} for one without files", where: `servents[${index}]` });
  const { bootstrap = [] } = servent;
  if (!Array.isArray(bootstrap)) throw new ParameterError({ what: "bad value for bootstrap", got: bootstrap, expected: "a list of nodes", where: `servents[${index}]` });
  for (const node of bootstrap) {
    if (!(Number.isInteger(node) && node >= 0 && node < nodes)) throw new ParameterError({ what: "unknown bootstrap node", got: node, expected: `a node from 0 to ${nodes - 1}`, where: `servents[${index}].bootstrap` });
  }
  if (servent.isFirewalled !== undefined && typeof servent.isFirewalled !== "boolean") throw new ParameterError({ what: "bad value for isFirewalled", got: servent.isFirewalled, expected: "true or false", where: `servents[${index}]` });
  if (servent.speedKBps !== undefined) checkNumber(`servents[${index}].speedKBps`, servent.speedKBps, { min: 0, max: 65535, integer: true, unit: "kB/s" });
}

/** Neighbours of each servent, in increasing order. */
function neighboursOf(links: readonly (readonly [number, number])[], servents: number): number[][] {
  const sets = Array.from({ length: servents }, () => new Set<number>());
  if (!Array.isArray(links)) throw new ParameterError({ what: "no list of links", got: links, expected: "a list of pairs of servents", where: "spec.links" });
  links.forEach((link: readonly [number, number], index) => {
    if (!Array.isArray(link) || link.length !== 2) throw new ParameterError({ what: "no link", got: link, expected: "a pair of servents", where: `links[${index}]` });
    for (const end of link) checkNumber(`links[${index}]`, end, { min: 0, max: servents - 1, integer: true, unit: "(a servent)" });
    const [a, b] = link;
    if (a === b) throw new ParameterError({ what: "a servent linked to itself", got: a, expected: "two servents", where: `links[${index}]` });
    sets[a].add(b);
    sets[b].add(a);
  });
  return sets.map((set) => [...set].sort((a, b) => a - b));
}

function mutualLinks(servents: number, servent: (node: number) => GnutellaServent | null): [number, number][] {
  const pairs: [number, number][] = [];
  for (let node = 0; node < servents; node++) {
    for (const peer of servent(node)?.state.neighbours.keys() ?? []) if (peer > node && peer < servents && servent(peer)?.state.neighbours.has(node) === true) pairs.push([node, peer]);
  }
  return pairs.sort(([a, b], [c, d]) => a - c || b - d);
}

/** The links of an overlay graph, for {@link GnutellaWorldSpec}. */
export function linksOfOverlay(graph: OverlayGraph): [number, number][] {
  checkOverlay(graph);
  const links: [number, number][] = [];
  for (let node = 0; node < graph.nodes; node++) for (const head of graph.neighbours(node)) if (head > node) links.push([node, head]);
  return links;
}
