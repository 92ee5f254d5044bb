/** Parameters of Narada: defaults, ranges, and what is refused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { NARADA_DEFAULTS, naradaParameters, repairBoundSeconds, type NaradaParameters } from "overlay-lab/dist/routing-overlays/end-system-multicast";

test("the published settings are the defaults", () => {
  const { refreshSeconds, routingSeconds, neighbourTimeoutSeconds, deadSeconds, staleSeconds, minNeighbours, fanOut, maxNeighbours } = naradaParameters();
  assert.deepEqual({ refreshSeconds, routingSeconds, neighbourTimeoutSeconds, deadSeconds, staleSeconds }, { refreshSeconds: 30, routingSeconds: 10, neighbourTimeoutSeconds: 60, deadSeconds: 60, staleSeconds: 50 });
  assert.deepEqual([minNeighbours, fanOut, maxNeighbours], [3, 6, 12]);
  assert.ok(Object.isFrozen(naradaParameters()) && Object.isFrozen(NARADA_DEFAULTS));
});

test("every number is refused when it is no number in its range", () => {
  for (const [name, value] of Object.entries(NARADA_DEFAULTS)) {
    if (typeof value !== "number") continue;
    for (const bad of [NaN, Infinity, -1, 1e9, null, "10", undefined]) {
      assert.throws(() => naradaParameters({ [name]: bad } as Partial<NaradaParameters>), (error) => error instanceof ParameterError && error.message.includes(name), `${name} = ${String(bad)}`);
    }
  }
  for (const name of ["joinLinks", "minNeighbours", "fanOut", "maxNeighbours"]) assert.throws(() => naradaParameters({ [name]: 4.5 } as Partial<NaradaParameters>), /whole number/);
});

test("values out of step with each other are refused", () => {
  for (const [given, message] of [
    [{ addShare: 1.01 }, /addShare/], [{ dropShare: 0.51 }, /dropShare/], [{ minNeighbours: 7 }, /fanOut/], [{ fanOut: 13 }, /maxNeighbours/], [{ maxNeighbours: 5 }, /maxNeighbours/],
    [{ staleSeconds: 29 }, /staleSeconds/], [{ deadSeconds: 49 }, /deadSeconds/], [{ neighbourTimeoutSeconds: 10 }, /neighbourTimeoutSeconds/], [{ probationSeconds: 9 }, /probationSeconds/],
  ] as const) assert.throws(() => naradaParameters(given), message);
});

test("unknown names and words are refused", () => {
  assert.throws(() => naradaParameters({ refreshSecond: 3 } as Partial<NaradaParameters>), /unknown parameter.*refreshSecond/);
  assert.throws(() => naradaParameters({ triggeredUpdates: "never" as "own-links" }), /own-links, all-changes/);
  assert.throws(() => naradaParameters({ improve: 1 as unknown as boolean }), /true or false/);
  assert.throws(() => naradaParameters(null as unknown as Partial<NaradaParameters>), ParameterError);
});

test("the time within which a mesh is whole again follows from the timers", () => {
  assert.equal(repairBoundSeconds(NARADA_DEFAULTS), 60 + 10 + 60 + 90 + 4 * (5 + 6));
});
