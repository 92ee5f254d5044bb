/** A simulated RON: its nodes on a network, the record of what reached whom, and the rules that are checked while it runs. */
import { InvariantError, ParameterError, checkNumber } from "../../errors";
import { MOST_RON_MEMBERS, RonPolicyTable, RonNode, ronParameters, type RonDataMessage, type OverlayPath, type RonMessage, type RonObserver, type RonParameters, type RonPolicy } from "../../routing-overlays";
import { Simulation, type Fault, type TraceSink, type Transport } from "../../simulation";
import { checkMethods, checkRecord } from "../../simulation/checks";
import { SECOND_US } from "../../units";

/** Parts of a simulated RON. */
export interface RonWorldOptions {
  /** Number of nodes, 1..512. */
  readonly nodes: number;
  readonly seed: number;
  readonly replication?: number;
  /** The network between them. */
  readonly transport: Transport;
  /** What differs from the paper's parameters. */
  readonly parameters?: Partial<RonParameters>;
  readonly policies?: readonly RonPolicy[];
  /** Addresses by which a node joins; if absent, all nodes know each other from the start. */
  readonly bootstrap?: (node: number) => readonly number[];
  /** Which independent RON each node is in, by number; all are in one if absent. */
  readonly ronOf?: ArrayLike<number>;
  /** When a node starts, whole µs; 0 for all if absent. */
  readonly startUs?: (node: number) => number;
  readonly faults?: readonly Fault[];
  readonly observer?: RonObserver;
  /** Time between two checks of all rules, whole µs; 10 min if absent. */
  readonly checkEveryUs?: number;
  readonly trace?: TraceSink;
}

/** A run of a RON. */
export interface RonWorld {
  readonly simulation: Simulation<RonMessage, RonNode>;
  readonly nodes: number;
  /** The process of a node. @throws ParameterError when the node is down or does not exist */
  node(node: number): RonNode;
  /** Runs to a time, whole µs, checking all rules on the way and at the end. @throws InvariantError naming the first rule broken */
  run(untilUs: number): void;
  /** @throws InvariantError naming the first rule broken by any node that is up */
  checkInvariants(): void;
}

/**
 * Makes a RON ready to run.
 *
 * @throws ParameterError for an option out of range
 */
export function simulateRon(options: RonWorldOptions): RonWorld {
  checkRecord("options", options);
  checkMethods("transport", options.transport, ["delayUs"]);
  const nodes = checkNumber("nodes", options.nodes, { min: 1, max: MOST_RON_MEMBERS, integer: true });
  const parameters = ronParameters(options.parameters);
  const policies = new RonPolicyTable(nodes, options.policies);
  const checkEveryUs = checkNumber("checkEveryUs", options.checkEveryUs ?? 600 * SECOND_US, { min: 1, max: 1e12, integer: true, unit: "µs" });
  const observer: RonObserver = {
    outage: options.observer?.outage?.bind(options.observer),
    delivered: (timeUs, node, data, relays) => {
      checkDelivery(node, data, relays);
      options.observer?.delivered?.(timeUs, node, data, relays);
    },
  };
  const { ronOf } = options;
  if (ronOf !== undefined && ronOf.length !== nodes) throw new ParameterError({ what: "number of memberships does not fit", got: ronOf.length, expected: `${nodes}, one for each node`, where: "parameter ronOf" });
  const all = Array.from({ length: nodes }, (_, node) => node);
  const simulation = new Simulation<RonMessage, RonNode>({
    nodes, seed: options.seed, replication: options.replication, transport: options.transport, faults: options.faults, startUs: options.startUs, trace: options.trace,
    process: (node) => {
      const shared = { nodes, parameters, policies, observer };
      if (options.bootstrap !== undefined) return new RonNode(node, { ...shared, bootstrap: options.bootstrap(node) });
      return new RonNode(node, { ...shared, members: all.filter((peer) => peer !== node && ronOf?.[peer] === ronOf?.[node]) });
    },
  });
  const world: RonWorld = {
    simulation, nodes,
    node: (node) => {
      const process = simulation.processOf(node);
      if (process === undefined) throw new ParameterError({ what: "a node is down", got: node, expected: "one that is up", where: "parameter node" });
      return process;
    },
    checkInvariants: () => {
      for (const node of all) simulation.processOf(node)?.checkInvariants(simulation.nowUs);
    },
    run: (untilUs) => {
      for (let at = simulation.nowUs + checkEveryUs; at < untilUs; at += checkEveryUs) {
        simulation.run({ untilUs: at });
        world.checkInvariants();
      }
      simulation.run({ untilUs });
      world.checkInvariants();
    },
  };
  return world;
}

/** A packet is where it belongs and met no node twice. */
function checkDelivery(node: number, data: RonDataMessage, relays: OverlayPath): void {
  if (data.destination !== node) throw new InvariantError({ what: "a packet arrived at another node", got: node, expected: String(data.destination) });
  const met = [data.source, ...relays, node];
  if (data.source !== node && new Set(met).size !== met.length) throw new InvariantError({ what: "a forwarding loop", got: met, expected: "every node at most once" });
}
