/** Peers with different lines, drawn from the access-rate mix: which term of the bound binds, and from how many peers on sharing wins. */
import { checkFluidSchedule, chunkSwarm, clientServerBound, fluidSchedule, growingSwarmBounds, peerToPeerBound, type FileDistribution } from "../../peer-to-peer";
import { BITS_PER_BYTE, HOUR, MBPS } from "../../units";
import { defineExperiment, type Metric, type RunContext } from "../define";
import { drawAccessLines } from "./access-rates";
import { numberOf, numbersOf } from "./setting";

const MIXES = ["every kind of line", "copper and cable only"] as const;

/** The rows of `data/access-rates.csv` as number arrays, so that a manifest repeats the run without the file. */
export const ACCESS_MIX_PARAMETERS = Object.freeze({
  mixDownBps: [6_144_000, 14_400_000, 24_000_000, 25_000_000, 77_760_000, 80_000_000, 100_000_000, 100_000_000, 150_000_000, 155_520_000, 1_000_000_000, 1_000_000_000],
  mixUpBps: [640_000, 5_760_000, 1_400_000, 3_000_000, 38_880_000, 20_000_000, 20_000_000, 50_000_000, 50_000_000, 155_520_000, 35_000_000, 1_000_000_000],
  mixShare: [5, 5, 10, 10, 5, 15, 15, 10, 10, 5, 5, 5],
  mixCopperShare: [0, 0, 25, 20, 0, 25, 25, 0, 0, 0, 5, 0],
});

const METRICS: readonly Metric[] = [
  { name: "client_server_hours", title: "Client-server bound", type: "number", unit: "h", digits: 4, definition: "max(N F / u_s, F / d_min) for the drawn peers." },
  { name: "peer_to_peer_hours", title: "P2P bound", type: "number", unit: "h", digits: 4, definition: "max(F / u_s, F / d_min, N F / (u_s + sum of u_i)) for the drawn peers." },
  { name: "speedup", title: "Client-server / P2P", type: "number", digits: 4, definition: "Client-server bound divided by the peer-to-peer bound." },
  { name: "binding_term", title: "Binding term", type: "string", definition: "The largest term of the peer-to-peer bound: server, download or aggregate." },
  { name: "server_binds", title: "Server binds", type: "number", digits: 3, definition: "1 where F / u_s is the largest term, else 0; its mean is the share of draws." },
  { name: "download_binds", title: "Slowest download binds", type: "number", digits: 3, definition: "1 where F / d_min is the largest term, else 0; its mean is the share of draws." },
  { name: "aggregate_binds", title: "All upload together binds", type: "number", digits: 3, definition: "1 where N F / (u_s + sum of u_i) is the largest term, else 0; its mean is the share of draws." },
  { name: "faster_from_peers", title: "P2P faster from", type: "integer", unit: "peers", definition: "Fewest of the drawn peers, in order of drawing, from which on the P2P bound stays strictly below the client-server bound; empty if that is never reached." },
  { name: "fluid_gap", title: "Fluid schedule / bound - 1", type: "number", digits: 2, definition: "Finishing time of the checked fluid schedule over the P2P bound, minus 1." },
  { name: "chunked_over_bound", title: "Chunks / bound", type: "number", digits: 4, definition: "Time of the chunked run, rarest first, over the P2P bound; empty above chunkedPeersMost peers." },
];

/** Heterogeneous peers against the number of peers and the server's rate. */
export const p2pHeterogeneousPeers = defineExperiment({
  id: "p2p-heterogeneous-peers",
  question: "With peers on real access lines, what holds the distribution back, and from how many peers on does sharing win?",
  section: "K&R 2.5",
  parameters: { fileBytes: 450_000_000, chunks: 256, chunkedPeersMost: 100, ...ACCESS_MIX_PARAMETERS },
  factors: [
    { name: "mix", title: "Access lines", type: "string", levels: [...MIXES] },
    { name: "server_mbps", title: "Server upload", type: "number", unit: "Mbit/s", levels: [10, 100, 1000] },
    { name: "peers", title: "Peers N", type: "integer", levels: [1, 3, 10, 30, 100, 300, 1000] },
  ],
  seed: 25,
  replications: { quick: 10, full: 50 },
  metrics: METRICS,
  run: (arm, context) => {
    const mix = {
      downBps: numbersOf(context.parameters, "mixDownBps"),
      upBps: numbersOf(context.parameters, "mixUpBps"),
      share: numbersOf(context.parameters, arm.mix === "every kind of line" ? "mixShare" : "mixCopperShare"),
    };
    // One stream for all arms: a larger swarm is the smaller one with more peers, and every server rate meets the same peers.
    const lines = drawAccessLines(mix, arm.peers as number, context.random("access-lines"));
    const distribution: FileDistribution = { fileBits: numberOf(context.parameters, "fileBytes") * BITS_PER_BYTE, serverUploadBps: (arm.server_mbps as number) * MBPS, ...lines };
    return [measure(distribution, context)];
  },
});

function measure(distribution: FileDistribution, context: RunContext) {
  const alone = clientServerBound(distribution);
  const together = peerToPeerBound(distribution);
  const chunked =
    distribution.peerUploadBps.length <= numberOf(context.parameters, "chunkedPeersMost")
      ? chunkSwarm(distribution, { chunks: numberOf(context.parameters, "chunks") }, (name) => context.random(name)).seconds / together.seconds
      : null;
  return {
    client_server_hours: alone.seconds / HOUR,
    peer_to_peer_hours: together.seconds / HOUR,
    speedup: alone.seconds / together.seconds,
    binding_term: together.binding,
    server_binds: together.binding === "server" ? 1 : 0,
    download_binds: together.binding === "download" ? 1 : 0,
    aggregate_binds: together.binding === "aggregate" ? 1 : 0,
    faster_from_peers: growingSwarmBounds(distribution).fasterFromPeers,
    fluid_gap: checkFluidSchedule(fluidSchedule(distribution)).relativeGap,
    chunked_over_bound: chunked,
  };
}
