/** The world of figure 2 in section 9.4: overlay nodes A, B, C, two tunnels, each over two routers that know nothing of the overlay. */
import type { AddressFamily, Encapsulation, TunnelWorldSpec } from "../../routing-overlays/tunnels";

/** What may differ from the book's figure. */
export interface BookFigureOptions {
  /** Addresses of the overlay; default "ipv4". The book's example of an experimental 128-bit address is "ipv6". */
  readonly family?: AddressFamily;
  /** Default "ip-in-ip" for addresses that are numbers, else "udp". */
  readonly encapsulation?: Encapsulation;
  /** One-way delay of each of the six links, µs; default 5,000. */
  readonly linkDelayUs?: number;
  /** Largest packet on the link between the last two routers, bytes; default 1500. */
  readonly narrowMtuBytes?: number;
}

/** Overlay addresses of A, B and C in each family. */
export const BOOK_FIGURE_ADDRESSES: Readonly<Record<AddressFamily, readonly [string, string, string]>> = Object.freeze({
  ipv4: ["192.168.0.1", "192.168.0.2", "192.168.0.3"],
  ipv6: ["2001:db8::a", "2001:db8::b", "2001:db8::c"],
  name: ["a.overlay.example", "b.overlay.example", "c.overlay.example"],
  url: ["http://a.example/", "http://b.example/", "http://c.example/"],
  content: ["a.overlay.example", "b.overlay.example", "c.overlay.example"],
});

/** Numbers of the nodes, from left to right in the figure. */
export const BOOK_FIGURE_NODES = Object.freeze({ A: 0, R1: 1, R2: 2, B: 3, R3: 4, R4: 5, C: 6 });

/** A - R1 - R2 - B - R3 - R4 - C, with an overlay "overlay" of A, B and C and tunnels A-B and B-C. */
export function bookFigureWorld(options: BookFigureOptions = {}): TunnelWorldSpec {
  const { family = "ipv4", encapsulation, linkDelayUs = 5000, narrowMtuBytes = 1500 } = options;
  const names = Object.keys(BOOK_FIGURE_NODES);
  const { A, B, C, R3, R4 } = BOOK_FIGURE_NODES;
  return {
    nodes: names.map((name, index) => ({ name, address: `10.0.0.${index + 1}` })),
    links: names.slice(1).map((_, index) => ({ a: index, b: index + 1, delayUs: linkDelayUs, mtuBytes: index === R3 && index + 1 === R4 ? narrowMtuBytes : 1500 })),
    overlays: [
      {
        name: "overlay",
        family,
        encapsulation,
        members: [A, B, C].map((node, index) => ({ node, address: BOOK_FIGURE_ADDRESSES[family][index] })),
        tunnels: [{ a: A, b: B }, { a: B, b: C }],
      },
    ],
  };
}
