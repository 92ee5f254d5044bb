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

/**
 * The links of the underlay and the tunnels of every overlay, and which of them a trace's packets crossed: columns layer, from, to, crossed. Which tunnels a
 * packet was in is read from its headers: each outer header names the two ends of one.
 */
export function layerEdgesTable(world: TunnelSimulation): Table {
  const { plan, trace } = world;
  const nodeAt = plan.layers.map((layer) => new Map([...layer.members.values()].map(({ node, address }) => [address, node])));
  const key = (layer: number, a: number, b: number) => `${layer} ${Math.min(a, b)} ${Math.max(a, b)}`;
  const crossed = new Set<string>();
  for (const { from, to, headers } of hopsOf(trace.records())) {
    crossed.add(key(0, from, to));
    headers.filter(({ protocol }) => protocol !== "UDP").forEach(({ source, destination }, level) => {
      const [a, b] = [source, destination].map((address) => nodeAt[level]?.get(address));
      if (a !== undefined && b !== undefined) crossed.add(key(level + 1, a, b));
    });
  }
  const edge = (layer: number, a: number, b: number) => ({ layer: plan.layers[layer].name, from: plan.nodes[a].name, to: plan.nodes[b].name, crossed: crossed.has(key(layer, a, b)) });
  return {
    name: "layer-edges",
    columns: [{ name: "layer", type: "string" }, { name: "from", type: "string" }, { name: "to", type: "string" }, { name: "crossed", type: "boolean", definition: "Whether a packet of the trace crossed this link or tunnel." }],
    rows: [...plan.links.map(({ a, b }) => edge(0, a, b)), ...plan.layers.flatMap((layer) => layer.tunnels.map(({ a, b }) => edge(layer.index, a, b)))],
  };
}

/** Positions on the globe as plane ones: longitude to the right, latitude up. */
export function planePositions(positions: readonly Position[]): { x: number; y: number }[] {
  return positions.map(({ latitude, longitude }) => ({ x: longitude, y: latitude }));
}
