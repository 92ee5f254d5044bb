/**
 * Packets that must not be fragmented, and a narrow link inside the last tunnel: how many are lost before the sender hears of it. The error message for
 * an outer packet goes to the entrance of the tunnel, which can answer only the next packet; with tunnels in tunnels that happens once a level.
 */
import type { Row, Table } from "../../analysis/table";
import { checkNumber } from "../../errors";
import type { OverlaySpec } from "../../routing-overlays/tunnels";
import { BOOK_FIGURE_NODES, bookFigureWorld } from "./book-figure";
import { simulateTunnels } from "./simulate";

const { A, C } = BOOK_FIGURE_NODES;
const SECOND_US = 1_000_000;
/** More packets than any level needs. */
const MOST_PACKETS = 20;

/**
 * A sends packets of 1,400 bytes to C, one a second, until one is answered, then one of the size that the answer allows: one row a level of nesting.
 *
 * @param depth levels of overlay, 1..8
 * @param narrowMtuBytes largest packet of the link between the last two routers, 576..1400
 */
export function hiddenLoss(seed: number, depth = 3, narrowMtuBytes = 1400): Table {
  checkNumber("depth", depth, { min: 1, max: 8, integer: true, unit: "levels" });
  checkNumber("narrowMtuBytes", narrowMtuBytes, { min: 576, max: 1400, integer: true, unit: "bytes" });
  const rows = Array.from({ length: depth }, (_, index) => lossAt(seed, index + 1, narrowMtuBytes));
  const integer = (name: string, title: string, definition: string, unit?: string) => ({ name, title, type: "integer" as const, definition, ...(unit === undefined ? {} : { unit }) });
  return {
    name: "hidden-loss",
    columns: [
      integer("depth", "level of the sender", "Levels of overlay, the sender's included."), integer("silent", "lost in silence", "Packets lost before the first of which the sender was told."),
      integer("entrances", "entrances told instead", "Error messages for outer packets, to entrances of tunnels."), integer("fits_bytes", "said to fit", "Largest packet that the answer allows.", "B"),
      { name: "arrives", title: "that size arrives", type: "boolean", definition: "Whether a packet of that size reached C." },
    ],
    rows,
  };
}

function lossAt(seed: number, depth: number, narrowMtuBytes: number): Row {
  const book = bookFigureWorld({ narrowMtuBytes });
  const upper = Array.from({ length: depth - 1 }, (_, index): OverlaySpec => ({
    name: `level ${index + 2}`, over: index === 0 ? "overlay" : `level ${index + 1}`, family: "ipv4", encapsulation: "ip-in-ip",
    members: [A, C].map((node) => ({ node, address: `172.16.${index + 2}.${node + 1}` })), tunnels: [{ a: A, b: C }],
  }));
  const world = simulateTunnels({ ...book, overlays: [...(book.overlays ?? []), ...upper] }, { seed });
  const { simulation } = world;
  const layer = world.plan.layers[depth];
  const send = (bytes: number) => {
    world.sendAt(simulation.nowUs, A, { layer: layer.name, destination: layer.members.get(C)?.address as string, payload: new Uint8Array(bytes - 20), dontFragment: true });
    simulation.run({ untilUs: simulation.nowUs + SECOND_US });
  };
  const answers = () => (simulation.processOf(A)?.layerOf(layer.name).errors ?? []).filter(({ tunnel }) => tunnel < 0);
  let sent = 0;
  for (; sent < MOST_PACKETS && answers().length === 0; sent++) send(1400);
  const fits = answers()[0]?.mtuBytes ?? null;
  const heard = world.plan.nodes.flatMap((_, node) => world.plan.layers.flatMap(({ name, members }) => (members.has(node) ? simulation.processOf(node)?.layerOf(name).errors ?? [] : [])));
  if (fits !== null) send(fits);
  world.checkInvariants();
  return { depth, silent: sent - answers().length, entrances: heard.filter(({ tunnel }) => tunnel >= 0).length, fits_bytes: fits, arrives: world.deliveries.length === 1 };
}
