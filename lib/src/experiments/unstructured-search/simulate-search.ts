/** A world of peers that search an overlay by a policy, message by message. */
import { ParameterError, checkNumber } from "../../errors";
import { checkOverlay, type OverlayGraph } from "../../peer-to-peer/gnutella";
import { SearchPeer, checkSearchOptions, type SearchMessage, type SearchOptions } from "../../peer-to-peer/unstructured-search";
import { Simulation, constantDelay } from "../../simulation";
import { checkWorldOptions, type WorldOptions } from "../napster-and-gnutella/simulate-napster";

/** Who takes part. */
export interface SearchWorldSpec {
  readonly graph: OverlayGraph;
  /** Objects of each node: whole numbers 0..2^20; nothing where absent. */
  readonly objects: readonly (readonly number[])[];
  readonly options?: Partial<SearchOptions>;
}

/** A running world. */
export interface SearchSimulation {
  readonly simulation: Simulation<SearchMessage, SearchPeer>;
  readonly hits: readonly { readonly timeUs: number; readonly source: number; readonly id: number; readonly holder: number; readonly hops: number }[];
  readonly stored: readonly { readonly timeUs: number; readonly node: number; readonly object: number }[];
  searchAt(timeUs: number, node: number, object: number): void;
  /** @throws InvariantError when a rule of some peer is broken */
  checkInvariants(): void;
}

/**
 * Builds a world. Nothing has happened in it yet. Objects outlive a crash, as a disk does.
 * @throws ParameterError when the description or an option is wrong
 */
export function simulateSearch(spec: SearchWorldSpec, options: WorldOptions): SearchSimulation {
  if (typeof spec !== "object" || spec === null) throw new ParameterError({ what: "no world", got: spec, expected: "an object with graph and objects", where: "parameter spec" });
  const graph = checkOverlay(spec.graph);
  checkWorldOptions(options);
  if (!Array.isArray(spec.objects) || spec.objects.length > graph.nodes) throw new ParameterError({ what: "objects do not fit the overlay", got: spec.objects?.length, expected: `at most ${graph.nodes} lists`, where: "spec.objects" });
  checkSearchOptions(spec.options);
  const disks = Array.from({ length: graph.nodes }, (_, node) => new Set(checkObjects(spec.objects[node], `objects[${node}]`)));
  const hits: { timeUs: number; source: number; id: number; holder: number; hops: number }[] = [];
  const stored: { timeUs: number; node: number; object: number }[] = [];
  const observer = {
    hit: (timeUs: number, source: number, id: number, holder: number, hops: number) => void hits.push({ timeUs, source, id, holder, hops }),
    stored: (timeUs: number, node: number, object: number) => void stored.push({ timeUs, node, object }),
  };
  const simulation = new Simulation<SearchMessage, SearchPeer>({
    nodes: graph.nodes, seed: options.seed, replication: options.replication ?? 0, faults: options.faults, trace: options.trace, startUs: options.startUs,
    transport: options.transport ?? constantDelay(50_000),
    process: (node) => new SearchPeer(node, [...graph.neighbours(node)], (other) => graph.degree(other), disks[node], spec.options, observer),
  });
  return {
    simulation, hits, stored,
    searchAt: (timeUs, node, object) => {
      checkNumber("object", object, { min: 0, max: 1 << 20, integer: true });
      simulation.invokeAt(timeUs, node, (process, context) => void process.search(context, object));
    },
    checkInvariants: () => {
      for (let node = 0; node < graph.nodes; node++) simulation.processOf(node)?.checkInvariants();
    },
  };
}

function checkObjects(objects: readonly number[] | undefined, where: string): readonly number[] {
  if (objects === undefined) return [];
  if (!Array.isArray(objects)) throw new ParameterError({ what: "no list of objects", got: objects, expected: "a list of whole numbers", where });
  return objects.map((object: number) => checkNumber(where, object, { min: 0, max: 1 << 20, integer: true }));
}
