/** One packet for each kind of address that is no number: a domain name, a URL, and content that asks for whoever wants it. */
import type { Row, Table } from "../../analysis/table";
import { hopsOf, type AddressFamily, type Attributes, type Filter, type TunnelWorldSpec } from "../../routing-overlays/tunnels";
import { BOOK_FIGURE_NODES, bookFigureWorld } from "./book-figure";
import { simulateTunnels, type TunnelSimulation } from "./simulate";

const { A, B, C } = BOOK_FIGURE_NODES;
/** What B and C receive for, besides their own names. */
const SERVED: Readonly<Partial<Record<AddressFamily, readonly [string, string]>>> = { name: ["example.com", "video.example.com"], url: ["http://shop.example/", "http://shop.example/videos"] };
const SENT: Readonly<Partial<Record<AddressFamily, readonly string[]>>> = {
  name: ["www.example.com", "film.video.example.com", "www.elsewhere.org"],
  url: ["http://shop.example/books/7", "http://shop.example/videos/7", "http://shop.example/videos2"],
};
/** B and C want this content. */
const WANTED: readonly (readonly [number, Filter])[] = [[B, [{ attribute: "price", operator: "<", value: 10 }]], [C, [{ attribute: "topic", operator: "prefix", value: "sport" }]]];
const PUBLISHED: readonly Attributes[] = [{ price: 7 }, { price: 7, topic: "sports" }, { price: 20, topic: "art" }];

/** The overlay of figure 2 with other addresses: one row a packet that A sends, and who got it. */
export function wordRoutes(seed: number): Table {
  const rows = [...(["name", "url"] as const).flatMap((family) => byWords(family, seed)), ...byContent(seed)];
  return {
    name: "word-routes",
    columns: [
      { name: "family", title: "addresses", type: "string" }, { name: "sent", title: "A sends to", type: "string" },
      { name: "received", title: "received by", type: "string" }, { name: "header_bytes", title: "all headers", type: "integer", unit: "B", definition: "Bytes besides the payload on the first physical link; missing when the packet never left A." },
    ],
    rows,
  };
}

function byWords(family: "name" | "url", seed: number): Row[] {
  const served = SERVED[family] as readonly [string, string];
  const book = bookFigureWorld({ family });
  const [overlay] = book.overlays ?? [];
  const spec: TunnelWorldSpec = { ...book, overlays: [{ ...overlay, members: overlay.members.map((member, index) => (index === 0 ? member : { ...member, serves: [served[index - 1]] })) }] };
  return (SENT[family] as readonly string[]).map((destination) => {
    const world = simulateTunnels(spec, { seed, traceRecords: 100 });
    world.sendAt(0, A, { layer: "overlay", destination, payload: new Uint8Array(100) });
    return row(world, family, destination);
  });
}

function byContent(seed: number): Row[] {
  return PUBLISHED.map((attributes) => {
    const world = simulateTunnels(bookFigureWorld({ family: "content" }), { seed, traceRecords: 1000 });
    for (const [node, filter] of WANTED) world.simulation.invokeAt(0, node, (process, context) => process.subscribe(context, "overlay", filter));
    world.simulation.run();
    const quiet = world.trace.records().length;
    world.simulation.invokeAt(world.simulation.nowUs, A, (process, context) => process.publish(context, "overlay", attributes, new Uint8Array(100)));
    return row(world, "content", Object.entries(attributes).map(([key, value]) => `${key} = ${value}`).join(", "), quiet);
  });
}

function row(world: TunnelSimulation, family: string, sent: string, recordsBefore = 0): Row {
  world.simulation.run();
  world.checkInvariants();
  const names = world.deliveries.map(({ node }) => world.plan.nodes[node].name).sort((a, b) => (a < b ? -1 : 1));
  const first = hopsOf(world.trace.records().slice(recordsBefore))[0];
  return { family, sent, received: names.length === 0 ? `nobody (${world.drops[0]?.reason ?? "lost"})` : names.join(" and "), header_bytes: first === undefined ? null : first.bytes - 100 };
}
