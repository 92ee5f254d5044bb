/** An overlay with link-state routing in which a tunnel's end dies: its neighbours hear nothing more, and packets go around it. */
import type { Row, Table } from "../../analysis/table";
import { TUNNEL_DEFAULTS, type TunnelWorldSpec } from "../../routing-overlays/tunnels";
import { SECOND_US } from "../../units";
import { simulateTunnels } from "./simulate";

const [HUB, A, B, C, D] = [0, 1, 2, 3, 4];
const [FIRST_S, DEATH_S, END_S] = [5, 20.5, 60];

/** What the run showed. */
export interface FailingTunnelEnd {
  /** One row a phase: packets sent every second from A to D, and how many arrived. */
  readonly table: Table;
  /** Seconds from the death until each neighbour took the node for dead. */
  readonly noticedAfterS: readonly number[];
  /** Time between keep-alives, and silence after which a neighbour counts as dead, s. */
  readonly keepAliveS: number;
  readonly deadS: number;
}

/** Four hosts around one router; the overlay leads from A to D over B, or over C at a higher cost. B dies. */
export function failingTunnelEnd(seed: number): FailingTunnelEnd {
  const spec: TunnelWorldSpec = {
    nodes: ["hub", "A", "B", "C", "D"].map((name) => ({ name })),
    links: [{ a: HUB, b: A, delayUs: 10_000 }, { a: HUB, b: B, delayUs: 10_000 }, { a: HUB, b: C, delayUs: 30_000 }, { a: HUB, b: D, delayUs: 10_000 }],
    overlays: [{
      name: "square", family: "ipv4", routing: "link-state", members: [A, B, C, D].map((node) => ({ node, address: `192.168.0.${node}` })),
      tunnels: [{ a: A, b: B }, { a: B, b: D }, { a: A, b: C, cost: 2 }, { a: C, b: D, cost: 2 }],
    }],
  };
  const world = simulateTunnels(spec, { seed, faults: [{ kind: "crash", node: B, atUs: DEATH_S * SECOND_US }] });
  const seconds = Array.from({ length: END_S - FIRST_S - 1 }, (_, index) => FIRST_S + index);
  for (const second of seconds) world.sendAt(second * SECOND_US, A, { layer: "square", destination: "192.168.0.4", payload: Uint8Array.of(second) });
  world.simulation.run({ untilUs: END_S * SECOND_US });
  world.checkInvariants();
  const noticed = world.neighbourChanges.filter(({ peer, isUp }) => peer === B && !isUp).map(({ timeUs }) => timeUs / SECOND_US);
  const aroundFrom = world.neighbourChanges.find(({ node, peer, isUp }) => node === A && peer === B && !isUp)?.timeUs ?? Infinity;
  const arrivals = new Map(world.deliveries.map(({ payload, timeUs }) => [payload[0], timeUs / 1000 - payload[0] * 1000]));
  const phases = [["B is up", 0, DEATH_S], ["B is dead", DEATH_S, aroundFrom / SECOND_US], ["A knows it", aroundFrom / SECOND_US, END_S]] as const;
  const rows = phases.map(([phase, from, to]): Row => {
    const sent = seconds.filter((second) => second >= from && second < to);
    const delays = sent.flatMap((second) => arrivals.get(second) ?? []);
    return { phase, until_s: to, sent: sent.length, arrived: delays.length, delay_ms: delays.length === 0 ? null : delays.reduce((a, b) => a + b, 0) / delays.length };
  });
  return {
    noticedAfterS: noticed.map((time) => time - DEATH_S), keepAliveS: TUNNEL_DEFAULTS.keepAliveUs / SECOND_US, deadS: TUNNEL_DEFAULTS.deadUs / SECOND_US,
    table: {
      name: "failing-tunnel-end",
      columns: [
        { name: "phase", title: "phase", type: "string" }, { name: "until_s", title: "until", type: "number", unit: "s", digits: 4 }, { name: "sent", title: "sent", type: "integer" },
        { name: "arrived", title: "arrived", type: "integer" }, { name: "delay_ms", title: "mean delay", type: "number", unit: "ms", digits: 4 },
      ],
      rows,
    },
  };
}
