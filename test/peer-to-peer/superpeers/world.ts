/** Worlds of superpeers for the tests of this folder, the laws and the fault worlds. */
import { SuperpeerNode, type SuperpeerMessage, type SuperpeerObserver, type SuperpeerParameters } from "overlay-lab/dist/peer-to-peer/superpeers";
import { Simulation, constantDelay, type Fault } from "overlay-lab/dist/simulation";

export const OWN_FILE = 1000;

/** Node i offers file i % 20 and file 1000 + i, and joins through node 0, 0.1 s after node i - 1. */
export function superpeerWorld(nodes: number, seed: number, parameters: Partial<SuperpeerParameters> = {}, faults: readonly Fault[] = [], observer: SuperpeerObserver = {}): Simulation<SuperpeerMessage, SuperpeerNode> {
  return new Simulation<SuperpeerMessage, SuperpeerNode>({
    nodes, seed, faults, transport: constantDelay(20_000), startUs: (node) => node * 100_000,
    process: (node) => new SuperpeerNode(parameters, { capacity: 1 + ((node * 7) % 10), files: [node % 20, OWN_FILE + node], contacts: node === 0 ? [] : [0] }, observer),
  });
}

export function processesOf(simulation: Simulation<SuperpeerMessage, SuperpeerNode>): [node: number, process: SuperpeerNode][] {
  return Array.from({ length: simulation.nodes }, (_, node) => [node, simulation.processOf(node)] as const).filter((pair): pair is [number, SuperpeerNode] => pair[1] !== undefined && pair[1] !== null);
}

export function superpeersOf(simulation: Simulation<SuperpeerMessage, SuperpeerNode>): number[] {
  return processesOf(simulation).filter(([, process]) => process.role.kind === "superpeer").map(([node]) => node);
}

/** Asks at a node, runs on for a while, and gives the owners that became known. */
export function ask(simulation: Simulation<SuperpeerMessage, SuperpeerNode>, node: number, file: number, waitUs = 3_000_000): { readonly owners: readonly number[]; readonly failed: boolean } {
  let id = -1;
  simulation.invokeAt(simulation.nowUs, node, (process, context) => void (id = process.search(context, file)));
  simulation.run({ untilUs: simulation.nowUs + waitUs });
  const search = simulation.processOf(node)?.searchOf(id);
  return { owners: [...(search?.owners ?? [])].sort((a, b) => a - b), failed: search?.failed ?? true };
}
