import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ParameterError, ParseError } from "overlay-lab/dist/errors";
import { ACCESS_MIX_PARAMETERS, drawAccessLines, parseAccessRates } from "overlay-lab/dist/experiments/p2p-file-distribution";
import { RandomStream } from "overlay-lab/dist/simulation/random";

const DATA = join(__dirname, "..", "..", "..", "data");
const HEADER = "technology,down_bps,up_bps,share_percent,copper_share_percent,source,year\n";
const text = readFileSync(join(DATA, "access-rates.csv"), "utf8");

test("the committed table is read and its hash is the one in SOURCES.md", () => {
  const rates = parseAccessRates(text);
  assert.ok(rates.length >= 10);
  assert.ok(rates.every((rate) => rate.upBps <= rate.downBps && rate.source.length > 0));
  assert.ok(readFileSync(join(DATA, "SOURCES.md"), "utf8").includes(createHash("sha256").update(text).digest("hex")));
});

test("the default mix of the experiment is the committed table", () => {
  const rates = parseAccessRates(text);
  assert.deepEqual(ACCESS_MIX_PARAMETERS, {
    mixDownBps: rates.map((rate) => rate.downBps),
    mixUpBps: rates.map((rate) => rate.upBps),
    mixShare: rates.map((rate) => rate.sharePercent),
    mixCopperShare: rates.map((rate) => rate.copperSharePercent),
  });
});

test("quotes, line breaks in fields, CRLF, a byte-order mark and Hangul are read", () => {
  const rates = parseAccessRates(`\ufeff${HEADER}"광랜, ""FTTH""",100,50,60,0,"two\nlines",2020\nB,1,0,40,100,x,1999\n`.replace(/\n(?=B)/, "\r\n").replace(/year\n/, "year\r\n"));
  assert.deepEqual(rates.map((rate) => [rate.technology, rate.downBps, rate.upBps]), [['광랜, "FTTH"', 100, 50], ["B", 1, 0]]);
});

test("errors name the line and what was expected", () => {
  const good = "A,100,50,100,100,s,2000\n";
  const cases: [string, RegExp][] = [
    ["", /unexpected header.*line 1/],
    ["technology,down\nA,1\n", /unexpected header.*line 1/],
    [`${HEADER}A,100,50,100,100,s\n`, /wrong number of fields; got 6.*line 2/],
    [`${HEADER}${good}B,-1,0,0,0,s,2000\n`, /bad down_bps; got "-1".*line 3/],
    [`${HEADER}${good}B,0,0,0,0,s,2000\n`, /bad down_bps; got "0".*line 3/],
    [`${HEADER}A,1e9,0,100,100,s,2000\n`, /bad down_bps; got "1e9"/],
    [`${HEADER}A,NaN,0,100,100,s,2000\n`, /bad down_bps/],
    [`${HEADER}"A\nA",100,50,100,100,s,2000\nB,5,x,0,0,s,2000\n`, /bad up_bps; got "x".*line 4/],
    [`${HEADER}${good}A,1,1,0,0,s,2000\n`, /empty or repeated.*line 3/],
    [`${HEADER}A,100,50,99,100,s,2000\n`, /share_percent does not add up; got 99/],
    [`${HEADER}A,100,50,100,90,s,2000\n`, /copper_share_percent does not add up; got 90/],
    [`${HEADER}"A,100,50,100,100,s,2000\n`, /not a CSV table.*line 2/],
    [`${HEADER}${good}B,1,1,0,0,s,99999\n`, /bad year/],
  ];
  for (const [csv, message] of cases) {
    assert.throws(() => parseAccessRates(csv), (error: Error) => error instanceof ParseError && message.test(error.message), `${JSON.stringify(csv)} should give ${message}`);
  }
});

test("lines are drawn in proportion to their shares, and a larger swarm begins with the smaller one", () => {
  const mix = { downBps: [10, 20, 30], upBps: [1, 2, 3], share: [50, 0, 150] };
  const draw = (peers: number) => drawAccessLines(mix, peers, new RandomStream({ seed: 1, name: "lines" }));
  const many = draw(8000);
  const slow = many.peerDownloadBps.filter((rate) => rate === 10).length;
  // Five standard deviations of 8000 draws with probability 1/4: 194.
  assert.ok(Math.abs(slow - 2000) < 194, `${slow}`);
  assert.equal(many.peerDownloadBps.includes(20), false);
  assert.deepEqual(draw(10).peerUploadBps, many.peerUploadBps.slice(0, 10));
  for (const share of [[0, 0, 0], [1, 2], [1, -1, 1], [0.5, 0.5, 1]]) assert.throws(() => drawAccessLines({ ...mix, share }, 3, new RandomStream({ seed: 1, name: "lines" })), ParameterError);
});
