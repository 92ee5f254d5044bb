import assert from "node:assert/strict";
import { test } from "node:test";
import { bookDistribution, BOOK_PARAMETERS, fluidRatesTable, p2pFileDistribution, p2pHeterogeneousPeers } from "overlay-lab/dist/experiments/p2p-file-distribution";
import { compareMetrics, metricIn, metricTable } from "overlay-lab/dist/experiments/metric-table";
import { runExperiment } from "overlay-lab/dist/experiments/run";
import { ParameterError } from "overlay-lab/dist/errors";
import { fluidSchedule } from "overlay-lab/dist/peer-to-peer";

test("the table of a fluid schedule shows what arrives: own stream, common stream and the other peers' streams", () => {
  const table = fluidRatesTable(fluidSchedule({ fileBits: 8e6, serverUploadBps: 6e6, peerUploadBps: [1e6, 2e6, 2e6, 3e6], peerDownloadBps: [8e6, 8e6, 8e6, 8e6] }));
  for (const row of table.rows) {
    assert.ok(Math.abs((row.own as number) + (row.direct as number) + (row.others as number) - (row.download as number)) < 1e-12);
    assert.ok(Math.abs((row.download as number) - 3.5) < 1e-9, `peer ${row.peer} receives ${row.download}`);
  }
});

test("the book's curve is the same for a file of six bytes and for one of gigabytes", () => {
  const hours = (fileBytes: number) => {
    const result = runExperiment(p2pFileDistribution, { parameters: { fileBytes, chunks: 8 }, levels: { peers: [3, 7] }, replications: 3 });
    return metricTable(result, "distribution_time_hours").rows.map((row) => row.distribution_time_hours as number);
  };
  const [small, large] = [hours(6), hours(6 * 2 ** 30)];
  assert.equal(small.length, large.length);
  small.forEach((value, index) => assert.ok(Math.abs(value / large[index] - 1) < 1e-4, `${value} and ${large[index]}`));
  const { fileBits, serverUploadBps } = bookDistribution({ ...BOOK_PARAMETERS, fileBytes: 6 }, 1);
  assert.ok(Math.abs(fileBits / serverUploadBps - 360) < 1e-9);
});

test("metrics of one unit stand below each other; metrics of two units are refused", () => {
  const result = runExperiment(p2pHeterogeneousPeers, { levels: { peers: [3], server_mbps: [100] }, replications: 2 });
  const table = compareMetrics(result, ["client_server_hours", "peer_to_peer_hours"], "Time");
  assert.deepEqual(table.rows.map((row) => row.quantity), ["Client-server bound", "Client-server bound", "P2P bound", "P2P bound"]);
  assert.equal(table.rows[0].value, metricIn(result, { mix: "every kind of line", server_mbps: 100, peers: 3 }, "client_server_hours").mean);
  assert.throws(() => compareMetrics(result, ["client_server_hours", "speedup"], "Both"), ParameterError);
  assert.throws(() => metricTable(result, "binding_term"), ParameterError);
  assert.throws(() => metricIn(result, { mix: "every kind of line", server_mbps: 100, peers: 4 }, "speedup"), /no value of speedup in this arm/);
});
