/** A world of tunnels in the simulator: the place where the processes of `routing-overlays/tunnels` meet the engine. */
import { ParameterError } from "../../errors";
import { TunnelNode, UnderlayRoutes, planWorld, underlayTransport, type Delivery, type DropReason, type Frame, type SendRequest, type TunnelOptions, type TunnelWorldPlan, type TunnelWorldSpec } from "../../routing-overlays/tunnels";
import { Simulation, TraceBuffer, type Fault } from "../../simulation";

/** How to run a world. */
export interface TunnelSimulationOptions {
  readonly seed: number;
  /** Default 0. */
  readonly replication?: number;
  readonly options?: Partial<TunnelOptions>;
  readonly faults?: readonly Fault[];
  /** Records of the trace to keep; 0 (default): no trace. */
  readonly traceRecords?: number;
}

/** A packet that was dropped. */
export interface Drop {
  readonly node: number;
  readonly layer: string;
  readonly reason: DropReason;
  readonly packet: Uint8Array;
}

/** A running world. */
export interface TunnelSimulation {
  readonly plan: TunnelWorldPlan;
  readonly simulation: Simulation<Frame, TunnelNode>;
  readonly routes: UnderlayRoutes;
  /** Packets that reached an application, in order. */
  readonly deliveries: readonly Delivery[];
  readonly drops: readonly Drop[];
  /** Every change in what a node thinks of a neighbour, in order. */
  readonly neighbourChanges: readonly { readonly timeUs: number; readonly node: number; readonly layer: string; readonly peer: number; readonly isUp: boolean }[];
  /** Empty (capacity 1) when no trace was asked for. */
  readonly trace: TraceBuffer;
  /** Lets a node send a packet at a time. */
  sendAt(timeUs: number, node: number, request: SendRequest): void;
  /** Number of the node with a name. @throws ParameterError when there is none */
  nodeNamed(name: string): number;
  /** @throws InvariantError when a rule of some node is broken */
  checkInvariants(): void;
}

/**
 * Builds a world. Nothing has happened in it yet.
 *
 * @param spec nodes, links, overlays and VPNs
 * @throws ParameterError when the description or an option is wrong
 */
export function simulateTunnels(spec: TunnelWorldSpec, options: TunnelSimulationOptions): TunnelSimulation {
  const plan = planWorld(spec);
  const routes = new UnderlayRoutes(plan);
  const deliveries: Delivery[] = [];
  const drops: Drop[] = [];
  const neighbourChanges: { timeUs: number; node: number; layer: string; peer: number; isUp: boolean }[] = [];
  const observer = {
    delivered: (delivery: Delivery) => void deliveries.push(delivery),
    dropped: (node: number, layer: string, reason: DropReason, packet: Uint8Array) => void drops.push({ node, layer, reason, packet }),
    neighbour: (timeUs: number, node: number, layer: string, peer: number, isUp: boolean) => void neighbourChanges.push({ timeUs, node, layer, peer, isUp }),
  };
  const trace = new TraceBuffer(Math.max(1, options.traceRecords ?? 0));
  const simulation = new Simulation<Frame, TunnelNode>({
    nodes: plan.nodes.length,
    seed: options.seed,
    replication: options.replication ?? 0,
    process: (node) => new TunnelNode(plan, routes, node, options.options, observer),
    transport: underlayTransport(plan),
    faults: options.faults,
    trace: options.traceRecords ? trace : undefined,
  });
  return {
    plan, simulation, routes, deliveries, drops, neighbourChanges, trace,
    sendAt: (timeUs, node, request) => simulation.invokeAt(timeUs, node, (process, context) => process.send(context, request)),
    nodeNamed: (name) => {
      const node = plan.nodes.findIndex((each) => each.name === name);
      if (node < 0) throw new ParameterError({ what: "no node of that name", got: name, expected: plan.nodes.slice(0, 12).map((each) => each.name).join(", ") });
      return node;
    },
    checkInvariants: () => {
      for (let node = 0; node < plan.nodes.length; node++) simulation.processOf(node)?.checkInvariants();
    },
  };
}
