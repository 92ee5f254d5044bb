/**
 * What the distribution-time code costs and how close its schedules come to their bounds. Run with node; prints one row per work:
 * milliseconds per run, the measured distribution time, the bound it is held against, and their ratio.
 */
import { checkFluidSchedule, checkRoundSchedule, chunkSwarm, fewestRounds, fluidSchedule, identicalPeers, optimalRounds, peerToPeerBound, type ChunkChoice } from "overlay-lab/dist/peer-to-peer";
import { RandomStream } from "overlay-lab/dist/simulation/random";

interface BenchRow {
  readonly work: string;
  readonly ms: string;
  readonly ours: string;
  readonly bound: string;
  readonly ratio: string;
}

function row(work: string, repeats: number, run: (replication: number) => { readonly ours: number; readonly bound: number }): BenchRow {
  let ours = 0;
  let bound = 0;
  const begin = process.hrtime.bigint();
  for (let replication = 0; replication < repeats; replication++) {
    const result = run(replication);
    ours += result.ours / repeats;
    bound += result.bound / repeats;
  }
  const ms = Number(process.hrtime.bigint() - begin) / 1e6 / repeats;
  return { work, ms: ms.toFixed(2), ours: ours.toPrecision(7), bound: bound.toPrecision(7), ratio: (ours / bound).toFixed(4) };
}

/** The book's peers: F/u = 1 h, server and downloads ten times a peer's upload (or a server like a peer). */
const book = (peers: number, serverRatio = 10) => identicalPeers({ fileBits: 3.6e9, serverUploadBps: serverRatio * 1e6, peers, uploadBps: 1e6, downloadBps: 1e7 });

function chunkRow(peers: number, chunks: number, chunkChoice: ChunkChoice, neighbours: number | null = null): BenchRow {
  const distribution = book(peers);
  const bound = peerToPeerBound(distribution).seconds;
  const known = neighbours === null ? "" : `, ${neighbours} neighbours`;
  return row(`${chunkChoice} N=${peers} c=${chunks}${known}, seconds`, peers > 100 ? 2 : 10, (replication) => ({
    ours: chunkSwarm(distribution, { chunks, chunkChoice, neighbours }, (name) => new RandomStream({ seed: 1, replication, name })).seconds,
    bound,
  }));
}

const rows: BenchRow[] = [];
for (const peers of [1000, 1_000_000]) {
  rows.push(row(`fluid schedule built and checked N=${peers}, seconds`, 3, () => {
    const schedule = fluidSchedule(book(peers));
    checkFluidSchedule(schedule);
    return { ours: schedule.seconds, bound: peerToPeerBound(schedule.distribution).seconds };
  }));
}
rows.push(row("binomial pipeline built and replayed N=1000 M=1024, rounds", 3, () => {
  const schedule = optimalRounds(1000, 1024);
  checkRoundSchedule(schedule);
  return { ours: schedule.rounds, bound: fewestRounds(1000, 1024) };
}));
for (const peers of [35, 1000]) {
  for (const chunks of [16, 64, 256, 1024]) {
    for (const chunkChoice of ["rarest-first", "random"] as const) rows.push(chunkRow(peers, chunks, chunkChoice));
  }
}
rows.push(chunkRow(1000, 256, "rarest-first", 20), chunkRow(1000, 256, "random", 20));
for (const chunkChoice of ["rarest-first", "random"] as const) {
  const distribution = book(35, 1);
  rows.push(row(`${chunkChoice} N=35 c=256 against the fewest rounds, seconds`, 10, (replication) => ({
    ours: chunkSwarm(distribution, { chunks: 256, chunkChoice }, (name) => new RandomStream({ seed: 1, replication, name })).seconds,
    bound: (3600 * fewestRounds(35, 256)) / 256,
  })));
}
console.table(rows);
