/** A world of Napster in the simulator: node 0 is the registry, the others are peers. */
import { ParameterError, checkNumber } from "../../errors";
import { checkQueryText, checkSharedFile, SharedFolder, type SharedFile } from "../../peer-to-peer/napster/shared-files";
import { checkPeerOptions, checkRegistryOptions, NapsterPeer, NapsterRegistry, type NapsterMessage, type NapsterPeerOptions, type RegistryOptions, type RegistryResult, type SearchOutcome } from "../../peer-to-peer/napster";
import { Simulation, constantDelay, type Fault, type TraceSink, type Transport } from "../../simulation";

/** The node of the registry. */
export const NAPSTER_REGISTRY = 0;

/** Who takes part. */
export interface NapsterWorldSpec {
  /** Files of each peer; peer i is node i + 1. */
  readonly peers: readonly { readonly files: readonly SharedFile[] }[];
  readonly registry?: Partial<RegistryOptions>;
  readonly peer?: Partial<NapsterPeerOptions>;
}

/** How to run it. */
export interface WorldOptions {
  readonly seed: number;
  /** Default 0. */
  readonly replication?: number;
  /** 50 ms for every message if absent. */
  readonly transport?: Transport;
  readonly faults?: readonly Fault[];
  readonly trace?: TraceSink;
  /** When a node starts, µs; 0 if absent. */
  readonly startUs?: (node: number) => number;
}

/** A search that has ended. */
export interface EndedSearch {
  readonly timeUs: number;
  readonly peer: number;
  readonly text: string;
  readonly outcome: SearchOutcome;
  readonly results: readonly RegistryResult[];
  readonly tookUs: number;
}

/** A running world. */
export interface NapsterSimulation {
  readonly simulation: Simulation<NapsterMessage, NapsterPeer | NapsterRegistry>;
  readonly searches: readonly EndedSearch[];
  readonly downloads: readonly { readonly timeUs: number; readonly peer: number; readonly from: number; readonly name: string }[];
  readonly failedDownloads: readonly { readonly timeUs: number; readonly peer: number; readonly name: string }[];
  readonly registrations: readonly { readonly timeUs: number; readonly peer: number; readonly isRegistered: boolean }[];
  /** Requests that the registry has finished, with the time that each waited. */
  readonly served: readonly { readonly timeUs: number; readonly kind: string; readonly waitUs: number }[];
  /** Requests that found the queue full. */
  readonly refused: readonly { readonly timeUs: number; readonly kind: string }[];
  /** The registry's process, null while it is down. */
  registry(): NapsterRegistry | null;
  searchAt(timeUs: number, peer: number, text: string): void;
  downloadAt(timeUs: number, peer: number, name: string, holders: readonly number[]): void;
  /** A peer says goodbye. */
  leaveAt(timeUs: number, peer: number): void;
  /** A peer shares a file no longer. */
  removeAt(timeUs: number, peer: number, name: string): void;
  /** @throws InvariantError when a rule of some node is broken */
  checkInvariants(): void;
}

/**
 * Builds a world. Nothing has happened in it yet.
 * @throws ParameterError when the description or an option is wrong
 */
export function simulateNapster(spec: NapsterWorldSpec, options: WorldOptions): NapsterSimulation {
  if (!Array.isArray(spec?.peers)) throw new ParameterError({ what: "no peers", got: spec?.peers, expected: "a list of peers with their files", where: "spec.peers" });
  const folders = spec.peers.map((peer, index) => folderOf(peer?.files, `peers[${index}]`));
  const nodes = folders.length + 1;
  checkWorldOptions(options);
  checkRegistryOptions(spec.registry);
  checkPeerOptions(spec.peer);
  const searches: EndedSearch[] = [];
  const downloads: { timeUs: number; peer: number; from: number; name: string }[] = [];
  const failedDownloads: { timeUs: number; peer: number; name: string }[] = [];
  const registrations: { timeUs: number; peer: number; isRegistered: boolean }[] = [];
  const served: { timeUs: number; kind: string; waitUs: number }[] = [];
  const refused: { timeUs: number; kind: string }[] = [];
  const observer = {
    searched: (timeUs: number, peer: number, text: string, outcome: SearchOutcome, results: readonly RegistryResult[], tookUs: number) => void searches.push({ timeUs, peer, text, outcome, results, tookUs }),
    downloaded: (timeUs: number, peer: number, from: number, name: string) => void downloads.push({ timeUs, peer, from, name }),
    downloadFailed: (timeUs: number, peer: number, name: string) => void failedDownloads.push({ timeUs, peer, name }),
    registered: (timeUs: number, peer: number, isRegistered: boolean) => void registrations.push({ timeUs, peer, isRegistered }),
    served: (timeUs: number, kind: string, waitUs: number) => void served.push({ timeUs, kind, waitUs }),
    refused: (timeUs: number, kind: string) => void refused.push({ timeUs, kind }),
  };
  const simulation = new Simulation<NapsterMessage, NapsterPeer | NapsterRegistry>({
    nodes, seed: options.seed, replication: options.replication ?? 0, faults: options.faults, trace: options.trace, startUs: options.startUs,
    transport: options.transport ?? constantDelay(50_000),
    process: (node) => (node === NAPSTER_REGISTRY ? new NapsterRegistry(spec.registry, observer) : new NapsterPeer(NAPSTER_REGISTRY, folders[node - 1], spec.peer, observer)),
  });
  const inPeer = (timeUs: number, peer: number, visit: (process: NapsterPeer, context: Parameters<NapsterPeer["onStart"]>[0]) => void) => {
    checkNumber("peer", peer, { min: 1, max: nodes - 1, integer: true, unit: "(node 0 is the registry)" });
    simulation.invokeAt(timeUs, peer, (process, context) => visit(process as NapsterPeer, context));
  };
  return {
    simulation, searches, downloads, failedDownloads, registrations, served, refused,
    registry: () => (simulation.processOf(NAPSTER_REGISTRY) as NapsterRegistry | undefined) ?? null,
    searchAt: (timeUs, peer, text) => inPeer(timeUs, peer, withChecked(checkQueryText(text), (process, context, words) => process.search(context, words))),
    downloadAt: (timeUs, peer, name, holders) => inPeer(timeUs, peer, (process, context) => process.download(context, checkFileName(name), checkHolders(holders, nodes))),
    leaveAt: (timeUs, peer) => inPeer(timeUs, peer, (process, context) => process.leave(context)),
    removeAt: (timeUs, peer, name) => inPeer(timeUs, peer, (process, context) => process.remove(context, checkFileName(name))),
    checkInvariants: () => {
      for (let node = 0; node < nodes; node++) simulation.processOf(node)?.checkInvariants();
    },
  };
}

function withChecked(text: string, visit: (process: NapsterPeer, context: Parameters<NapsterPeer["onStart"]>[0], text: string) => void) {
  return (process: NapsterPeer, context: Parameters<NapsterPeer["onStart"]>[0]) => visit(process, context, text);
}

function checkHolders(holders: readonly number[], nodes: number): readonly number[] {
  if (!Array.isArray(holders)) throw new ParameterError({ what: "no list of holders", got: holders, expected: "a list of peers", where: "parameter holders" });
  holders.forEach((holder: number, index) => checkNumber(`holders[${index}]`, holder, { min: 1, max: nodes - 1, integer: true }));
  return holders;
}

function checkFileName(name: string): string {
  if (typeof name !== "string" || name === "") throw new ParameterError({ what: "no name of a file", got: name, expected: "a text", where: "parameter name" });
  return name;
}

/** @throws ParameterError when there are no options; the simulation checks each */
export function checkWorldOptions(options: WorldOptions): void {
  if (typeof options !== "object" || options === null) throw new ParameterError({ what: "no options of a world", got: options, expected: "an object with a seed", where: "parameter options" });
}

/** The folder of a peer or servent. @throws ParameterError when it is no list of files */
export function folderOf(files: unknown, where: string): SharedFolder {
  if (!Array.isArray(files)) throw new ParameterError({ what: "no list of files", got: files, expected: "a list of { name, sizeBytes }", where });
  files.forEach((file: SharedFile, index) => checkSharedFile(file, `${where}.files[${index}]`));
  return new SharedFolder(files as SharedFile[]);
}
