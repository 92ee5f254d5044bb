import type { Table } from "overlay-lab/dist/analysis/table";
import type { Figure } from "overlay-lab/dist/figures/figure";
import { bars, boxes, curves, ecdfCurves, heatMap, timeline } from "overlay-lab/dist/figures";
import { RandomStream } from "overlay-lab/dist/simulation/random";

/** Words for a figure of that id; `text` stands in every place that a reader sees. */
export function words(id: string, text = "plain"): { id: string; title: string; lookFor: string; caption: string } {
  return { id, title: `Title ${text}`, lookFor: `Look ${text}`, caption: `Caption ${text}` };
}

/** The distribution times of Kurose and Ross 2.5 with a noisy chunked run, N = 1..35. */
export function distributionTable(label = "Chunked"): Table {
  const random = new RandomStream({ seed: 7, name: "figure-samples" });
  const hours = { type: "number", unit: "h", digits: 3 } as const;
  return {
    name: "distribution-time",
    columns: [
      { name: "peers", title: "Peers", type: "integer" },
      { name: "client_server", title: "Client-server bound", ...hours },
      { name: "p2p", title: "P2P bound", ...hours },
      { name: "chunked", title: label, ...hours },
      { name: "low", title: "From", ...hours },
      { name: "high", title: "To", ...hours },
      { name: "published", title: "Published", ...hours },
    ],
    rows: Array.from({ length: 35 }, (_, i) => {
      const peers = i + 1;
      const p2p = Math.max(0.1, peers / (peers + 10));
      const chunked = p2p * (1.05 + 0.05 * (random.uint32() / 4294967296));
      return { peers, client_server: peers / 10, p2p, chunked, low: chunked * 0.97, high: chunked * 1.03, published: peers % 5 === 0 ? p2p : null };
    }),
  };
}

/** Observations in three groups; `label` names the first. */
export function observations(label = "Chord"): Table {
  const rows = Array.from({ length: 90 }, (_, i) => ({ latency: 10 + ((i * 37) % 50) + (i % 3) * 8 + (i === 80 ? 200 : 0), overlay: [label, "Pastry", "Kademlia"][i % 3] }));
  return { name: "lookups", columns: [{ name: "latency", title: "Lookup latency", type: "number", unit: "ms" }, { name: "overlay", title: "Overlay", type: "string" }], rows };
}

/** One figure of every kind; `text` is put into every label, title, caption and cell that is text. */
export function allKinds(text = "plain"): readonly Figure[] {
  const table = distributionTable(text);
  const policies: Table = {
    name: text,
    columns: [{ name: "policy", title: text, type: "string", definition: text }, { name: "chunks", type: "string" }, { name: "time", title: "Time", type: "number", unit: "h" }, { name: "low", type: "number", unit: "h" }, { name: "high", type: "number", unit: "h" }],
    rows: ["random", text].flatMap((policy) => ["ten", text].map((chunks, i) => ({ policy, chunks, time: 1 + i, low: 0.9 + i, high: 1.2 + i }))),
  };
  const pieces: Table = {
    name: "pieces",
    columns: [{ name: "peer", title: text, type: "string" }, { name: "start", title: "Time", type: "number", unit: "s" }, { name: "end", title: "End", type: "number", unit: "s" }, { name: "kind", type: "string" }],
    rows: [{ peer: text, start: 0, end: 12, kind: text }, { peer: "B", start: 5, end: 21, kind: "download" }, { peer: "B", start: 30, end: null, kind: "leaves" }],
  };
  return [
    curves(table, { ...words("kind-curves", text), x: "peers", series: [{ value: "client_server", kind: "bound" }, { value: "p2p", kind: "bound" }, { value: "chunked", low: "low", high: "high", name: text }, { value: "published", kind: "published", name: text }], yAxis: { title: `Time ${text}` } }),
    ecdfCurves(observations(text), { ...words("kind-ecdf", text), series: [{ value: "latency", by: "overlay" }] }),
    bars(policies, { ...words("kind-bars", text), category: "policy", series: [{ value: "time", by: "chunks", low: "low", high: "high" }] }),
    heatMap(policies, { ...words("kind-heat", text), x: "policy", y: "chunks", value: "time" }),
    boxes(observations(text), { ...words("kind-boxes", text), value: "latency", by: "overlay" }),
    timeline(pieces, { ...words("kind-timeline", text), lane: "peer", start: "start", end: "end", kind: "kind" }),
  ];
}
