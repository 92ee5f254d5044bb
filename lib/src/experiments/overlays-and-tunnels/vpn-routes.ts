/** A company with three sites behind gateways and two tunnels over a public network: which entry of a gateway's table a destination matches, and where its packet goes. */
import type { Row, Table } from "../../analysis/table";
import { parseIpAddress, parseIpPrefix, formatIpPrefix } from "../../ids/ip-address";
import { PrefixTable } from "../../ids/prefix-table";
import { hopsOf, type TunnelWorldSpec } from "../../routing-overlays/tunnels";
import { simulateTunnels } from "./simulate";

const [HOST, GATEWAY, ROUTER, HEAD, BRANCH] = [0, 1, 2, 3, 4];
/** What the gateway of the first site sends into which tunnel. */
const ENTRIES = [{ prefix: "192.168.0.0/16", to: HEAD }, { prefix: "192.168.2.0/24", to: BRANCH }];

/** Three sites around one public router; private addresses behind each gateway. */
export function vpnWorld(withVpn: boolean): TunnelWorldSpec {
  return {
    nodes: [
      { name: "host 1", address: "192.168.1.10", isPrivate: true }, { name: "gateway 1", address: "198.51.100.1" }, { name: "router", address: "192.0.2.1" },
      { name: "head office", address: "203.0.113.1" }, { name: "branch", address: "203.0.113.129" },
      { name: "host 2", address: "192.168.2.10", isPrivate: true }, { name: "host 7", address: "192.168.7.10", isPrivate: true },
    ],
    links: [[HOST, GATEWAY], [GATEWAY, ROUTER], [ROUTER, HEAD], [ROUTER, BRANCH], [BRANCH, 5], [HEAD, 6]].map(([a, b]) => ({ a, b, delayUs: 1000 })),
    vpns: withVpn ? ENTRIES.map(({ prefix, to }) => ({ a: GATEWAY, b: to, routesAtA: [prefix], routesAtB: ["192.168.1.0/24"] })) : [],
  };
}

/** One row a destination: the entries of gateway 1 that hold it, the longest of them, and what became of a packet, with the tunnels and without. */
export function vpnRoutes(seed: number): Table {
  const table = new PrefixTable(32);
  ENTRIES.forEach(({ prefix }, index) => table.set(parseIpPrefix(prefix), index));
  const rows = ["192.168.2.10", "192.168.7.10", "203.0.113.129"].map((destination): Row => {
    const matching = ENTRIES.filter(({ prefix }) => holds(prefix, destination));
    const longest = table.match(parseIpAddress(destination));
    const [joined, apart] = [true, false].map((withVpn) => outcome(withVpn, destination, seed));
    return {
      destination, holding: matching.length === 0 ? "none" : matching.map(({ prefix }) => prefix).join(", "), longest: longest === null ? `${destination}/32` : formatIpPrefix(longest),
      outer: joined.outer, with_vpn: joined.end, without_vpn: apart.end,
    };
  });
  const text = (name: string, title: string, definition: string) => ({ name, title, type: "string" as const, definition });
  return {
    name: "vpn-routes",
    columns: [
      text("destination", "destination", "Where a host of the first site sends a packet."), text("holding", "tunnel entries", "Entries of the gateway's table that hold the destination and lead into a tunnel."),
      text("longest", "longest match", "The entry that decides."), text("outer", "outer header to", "Destination of the outermost header between gateway and router."),
      text("with_vpn", "arrives at", "Node that the packet reached."), text("without_vpn", "without", "What became of the same packet without the two entries."),
    ],
    rows,
  };
}

function holds(prefix: string, address: string): boolean {
  const table = new PrefixTable(32);
  table.set(parseIpPrefix(prefix), 0);
  return table.lookup(parseIpAddress(address)) >= 0;
}

function outcome(withVpn: boolean, destination: string, seed: number): { readonly end: string; readonly outer: string } {
  const world = simulateTunnels(vpnWorld(withVpn), { seed, traceRecords: 100 });
  world.sendAt(0, HOST, { layer: "underlay", destination, payload: new Uint8Array(100) });
  world.simulation.run();
  const hop = hopsOf(world.trace.records()).find(({ from }) => from === GATEWAY);
  const end = world.deliveries.length > 0 ? world.plan.nodes[world.deliveries[0].node].name : `lost at ${world.plan.nodes[world.drops[0].node].name}`;
  return { end, outer: hop === undefined ? "–" : hop.headers[0].destination };
}
