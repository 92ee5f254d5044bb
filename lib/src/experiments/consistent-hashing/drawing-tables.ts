/** A small ring as tables for a drawing: servers on the circle, keys around it, each joined to its server. */
import { ParameterError } from "../../errors";
import type { Row, Table } from "../../analysis/table";
import { digestOf, ringPosition, RING_SIZE, type HashRing } from "../../ids";
import { PI, cos, sin } from "../../network/exact-trigonometry";

/** Keys stand a little outside the circle. */
const KEY_RADIUS = 1.35;

function turnsOf(ring: HashRing, key: string): number {
  const { high, low } = digestOf(key, ring.hash);
  return ringPosition(high, low) / RING_SIZE;
}

/** Position on a drawn circle: clockwise from the top, as a clock face. */
function onCircle(turns: number, radius: number): { readonly x: number; readonly y: number } {
  return { x: radius * sin(2 * PI * turns), y: radius * cos(2 * PI * turns) };
}

/** Points of the ring with names: the server's alone when it has one point, else with their number around the circle. */
function namedPoints(ring: HashRing): readonly { readonly name: string; readonly server: string; readonly turns: number }[] {
  const { positions, owners } = ring.layout();
  if (positions.length === 0) throw new ParameterError({ what: "an empty ring cannot be drawn", expected: "at least one server" });
  const seen = new Map<string, number>();
  return Array.from(positions, (position, point) => {
    const server = ring.servers[owners[point]];
    const number = (seen.get(server) ?? 0) + 1;
    seen.set(server, number);
    return { name: ring.points === 1 ? server : `${server}.${number}`, server, turns: position / RING_SIZE };
  });
}

/**
 * Nodes of the drawing.
 *
 * @param ring few servers with few points
 * @param keys texts, distinct from the names of servers
 * @returns columns: layer, node, x, y (circle of radius 1)
 * @throws ParameterError for an empty ring
 */
export function ringNodesTable(ring: HashRing, keys: readonly string[]): Table {
  const points = namedPoints(ring).map(({ name, turns }): Row => ({ layer: "the circle", node: name, ...onCircle(turns, 1) }));
  const around = keys.map((key): Row => ({ layer: "the circle", node: key, ...onCircle(turnsOf(ring, key), KEY_RADIUS) }));
  return {
    name: "ring-nodes",
    columns: [{ name: "layer", type: "string" }, { name: "node", title: "Point", type: "string" }, { name: "x", type: "number", digits: 4 }, { name: "y", type: "number", digits: 4 }],
    rows: [...points, ...around],
  };
}

/**
 * Edges of the drawing: the circle from point to point, and each key to the point it belongs to. Keys that have another server than under `before` stand out.
 *
 * @param before the ring that the keys had before, if any
 * @returns columns: layer, from, to, kind ("circle" or "key"), moved
 * @throws ParameterError for an empty ring
 */
export function ringEdgesTable(ring: HashRing, keys: readonly string[], before?: HashRing): Table {
  const points = namedPoints(ring);
  const circle = points.flatMap(({ name }, index): Row[] => (points.length < 2 ? [] : [{ layer: "the circle", from: name, to: points[(index + 1) % points.length].name, kind: "circle", moved: false }]));
  const held = keys.map((key): Row => {
    const turns = turnsOf(ring, key);
    const server = ring.lookup(key);
    const own = points.filter((point) => point.server === server);
    const point = own.find((candidate) => candidate.turns >= turns) ?? own[0];
    return { layer: "the circle", from: key, to: point.name, kind: "key", moved: before !== undefined && before.lookup(key) !== server };
  });
  return {
    name: "ring-edges",
    columns: [{ name: "layer", type: "string" }, { name: "from", title: "From", type: "string" }, { name: "to", title: "To", type: "string" }, { name: "kind", title: "Kind", type: "string" }, { name: "moved", title: "Moved", type: "boolean" }],
    rows: [...circle, ...held],
  };
}
