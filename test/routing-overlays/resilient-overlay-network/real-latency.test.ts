/** Detours in measured latencies and in the drawn Internets that RON runs on: the same question, the same number of sites. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseLatencyJson, parseLatencyMatrix } from "overlay-lab/dist/codecs";
import { providerInternet } from "overlay-lab/dist/experiments/resilient-overlay-network";
import { MatrixLatency, triangleReport, type LatencyModel } from "overlay-lab/dist/network";
import { SlowInternet } from "overlay-lab/dist/network/slow-routing";
import { RandomStream } from "overlay-lab/dist/simulation";

const DATA = join(process.cwd(), "..", "shared", "data", "latency");
const PLANETLAB = join(DATA, "planetlab490", "PlanetLabData_1");
const AWS = join(DATA, "aws33", "aws-p50.json");
const needs = (file: string) => ({ skip: existsSync(file) ? false : "real latencies ../shared/data/latency are not present" });
const SITES = 12;
const DRAWS = 40;

/** Mean share of pairs with a faster relay over draws of twelve sites. */
function meanShare(draw: (random: RandomStream) => LatencyModel): { readonly share: number; readonly fifth: number } {
  let [share, fifth] = [0, 0];
  for (let i = 0; i < DRAWS; i++) {
    const report = triangleReport(draw(new RandomStream({ seed: i, name: "sites" })));
    share += report.share / DRAWS;
    fifth += report.shareSavingFifth / DRAWS;
  }
  return { share, fifth };
}

function someHosts(model: LatencyModel): (random: RandomStream) => LatencyModel {
  return (random) => {
    const hosts = random.sample(model.hosts, SITES);
    return { hosts: SITES, latencyUs: (from, to) => model.latencyUs(hosts[from], hosts[to]) };
  };
}

const drawn = () => meanShare((random) => {
  const network = providerInternet({ sites: SITES, providers: 5, random });
  const internet = new SlowInternet({ graph: network.graph, hosts: SITES });
  return { hosts: SITES, latencyUs: (from, to) => internet.delayUs(from, to, 0) };
});

test("in drawn Internets of twelve sites every fifth pair has a faster relay; with a single provider hardly any", () => {
  const { share } = drawn();
  assert.ok(share > 0.1 && share < 0.4, String(share));
  const single = meanShare((random) => {
    const network = providerInternet({ sites: SITES, providers: 1, random });
    const internet = new SlowInternet({ graph: network.graph, hosts: SITES });
    return { hosts: SITES, latencyUs: (from, to) => internet.delayUs(from, to, 0) };
  });
  assert.ok(single.share < 0.05, String(single.share));
});

test("PlanetLab: 79 % of all pairs have a faster relay, and among twelve hosts the share is within a factor of two of the drawn Internets'", needs(PLANETLAB), () => {
  const model = new MatrixLatency(parseLatencyMatrix(readFileSync(PLANETLAB, "utf8"), { kind: "round-trip", unit: "ms" }), "drop-hosts");
  const report = triangleReport(model);
  assert.ok(Math.abs(report.share - 0.794) < 0.005 && Math.abs(report.shareSavingFifth - 0.156) < 0.005, JSON.stringify(report));
  const [real, synthetic] = [meanShare(someHosts(model)), drawn()];
  assert.ok(Math.abs(real.share - 0.305) < 0.02, "the share that the notebook states");
  assert.ok(real.share / synthetic.share < 2 && synthetic.share / real.share < 2, JSON.stringify({ real, synthetic }));
  assert.ok(synthetic.fifth / real.fifth < 10, "large savings are more frequent in the drawn ones, but of the same order");
});

test("Amazon's regions: 26.5 % of pairs have a faster relay, and among twelve the share is within a factor of two", needs(AWS), () => {
  const model = new MatrixLatency(parseLatencyJson(readFileSync(AWS, "utf8"), { kind: "round-trip", unit: "ms" }), "drop-hosts");
  assert.ok(Math.abs(triangleReport(model).share - 0.265) < 0.005);
  const real = meanShare(someHosts(model));
  assert.ok(Math.abs(real.share - 0.147) < 0.02, "the share that the notebook states");
  assert.ok(drawn().share / real.share < 2, String(drawn().share));
});
