/** Worlds of tunnels as tables for drawings and for readers. */
import type { Table } from "../../analysis/table";
import { JOURNEY_COLUMNS, hopsOf, journeyRows, type TunnelWorldPlan } from "../../routing-overlays/tunnels";
import type { Position } from "../../network";
import type { TunnelSimulation } from "./simulate";

/**
 * The hops of everything in a world's trace, with both headers.
 * @param name of the table
 */
export function journeyTable(world: TunnelSimulation, name = "journey"): Table {
  return { name, columns: [...JOURNEY_COLUMNS], rows: journeyRows(hopsOf(world.trace.records()), world.plan) };
}

/** The nodes of every layer with the positions of their physical nodes: columns layer, node, x, y. */
export function layerNodesTable(plan: TunnelWorldPlan, positions: readonly { readonly x: number; readonly y: number }[]): Table {
  const rows = plan.layers.flatMap((layer) => [...layer.members.keys()].map((node) => ({ layer: layer.name, node: plan.nodes[node].name, ...positions[node] })));
  return { name: "layers", columns: [{ name: "layer", type: "string" }, { name: "node", type: "string" }, { name: "x", type: "number" }, { name: "y", type: "number" }], rows };
}

/** The links of the underlay and the tunnels of every overlay, and which of the links a trace's packets crossed: columns layer, from, to, crossed. */
export function layerEdgesTable(world: TunnelSimulation): Table {
  const { plan, trace } = world;
  const crossed = new Set(hopsOf(trace.records()).flatMap(({ from, to }) => [`${from} ${to}`, `${to} ${from}`]));
  const nameOf = (node: number) => plan.nodes[node].name;
  const links = plan.links.map(({ a, b }) => ({ layer: plan.layers[0].name, from: nameOf(a), to: nameOf(b), crossed: crossed.has(`${a} ${b}`) }));
  const tunnels = plan.layers.flatMap((layer) => layer.tunnels.map(({ a, b }) => ({ layer: layer.name, from: nameOf(a), to: nameOf(b), crossed: false })));
  return {
    name: "layer-edges",
    columns: [{ name: "layer", type: "string" }, { name: "from", type: "string" }, { name: "to", type: "string" }, { name: "crossed", type: "boolean", definition: "Whether a packet of the trace crossed this physical link." }],
    rows: [...links, ...tunnels],
  };
}

/** Positions on the globe as plane ones: longitude to the right, latitude up. */
export function planePositions(positions: readonly Position[]): { x: number; y: number }[] {
  return positions.map(({ latitude, longitude }) => ({ x: longitude, y: latitude }));
}
