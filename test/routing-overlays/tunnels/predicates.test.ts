/** Content filters: matching, covering, and what routers tell each other. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { attributesText, covers, filterText, matches, parseAttributes, parseFilter, widest, type Attributes, type Constraint, type Filter, type Operator } from "overlay-lab/dist/routing-overlays/tunnels/predicates";
import { SubscriptionTable } from "overlay-lab/dist/routing-overlays/tunnels/subscriptions";
import { RandomStream } from "overlay-lab/dist/simulation/random";

const where = (attribute: string, operator: Operator, value?: number | string): Constraint => (value === undefined ? { attribute, operator } : { attribute, operator, value });

test("all constraints must hold, and a missing attribute or another kind of value meets none", () => {
  const filter = [where("topic", "prefix", "sport"), where("price", "<", 10)];
  assert.equal(matches(filter, { topic: "sports/tennis", price: 7 }), true);
  assert.equal(matches(filter, { topic: "sports/tennis", price: 10 }), false);
  assert.equal(matches(filter, { topic: "sports/tennis" }), false);
  assert.equal(matches([where("price", "!=", 3)], { price: "3" }), false);
  assert.equal(matches([], {}), true);
  assert.equal(matches([where("constructor", "exists")], {}), false);
});

function randomFilter(random: RandomStream, size: number): Filter {
  return Array.from({ length: size }, () => {
    const attribute = ["x", "y"][random.integer(2)];
    const operator = (["=", "!=", "<", "<=", ">", ">=", "prefix", "exists"] as const)[random.integer(8)];
    const text = ["", "a", "ab", "abc", "b"][random.integer(5)];
    return where(attribute, operator, operator === "exists" ? undefined : operator === "prefix" || random.integer(2) === 0 ? text : random.integer(5));
  });
}

test("whatever the narrower filter accepts, the covering one accepts, over 20,000 random pairs", () => {
  const random = new RandomStream({ seed: 5, name: "filters" });
  const values = [0, 1, 2, 3, 4, 2.5, -1, "", "a", "aa", "ab", "abc", "abd", "b", "c"];
  const events: Attributes[] = [{}, ...values.flatMap((x) => [{ x }, ...values.map((y) => ({ x, y }))]), ...values.map((y) => ({ y }))];
  let covering = 0;
  for (let pair = 0; pair < 20000; pair++) {
    const wide = randomFilter(random, random.integer(3));
    const narrow = randomFilter(random, 1 + random.integer(3));
    if (!covers(wide, narrow)) continue;
    covering += 1;
    const wrong = events.find((event) => matches(narrow, event) && !matches(wide, event));
    assert.equal(wrong, undefined, `${filterText(wide)} does not cover ${filterText(narrow)}: ${JSON.stringify(wrong)}`);
  }
  assert.ok(covering > 2000, `only ${covering} pairs covered`);
});

test("every implication between two comparisons is found when one follows from the other", () => {
  const pairs: [Constraint, Constraint][] = [
    [where("x", "<", 5), where("x", "<", 3)], [where("x", "<=", 5), where("x", "<", 5)], [where("x", "<", 5), where("x", "<=", 4)], [where("x", "!=", 5), where("x", ">", 5)],
    [where("x", "prefix", "a"), where("x", "prefix", "ab")], [where("x", "prefix", "a"), where("x", "=", "abc")], [where("x", "exists"), where("x", "!=", 1)], [where("x", ">=", "a"), where("x", "prefix", "ab")],
  ];
  for (const [wide, narrow] of pairs) {
    assert.equal(covers([wide], [narrow]), true, filterText([wide]));
    assert.equal(covers([narrow], [wide]), false, filterText([narrow]));
  }
});

test("filters and attributes are read back from their text, and bad ones refused", () => {
  const filter = parseFilter(filterText([where("y", "exists"), where("x", "<", 3), where("x", "<", 3)]));
  assert.deepEqual(filter, [where("x", "<", 3), where("y", "exists")]);
  assert.deepEqual(parseAttributes(attributesText({ b: "x", a: 1 })), { a: 1, b: "x" });
  for (const text of ["", "{}", "[1]", '[["X","=",1]]', '[["x","~",1]]', '[["x","prefix",1]]', '[["x","=",null]]']) assert.throws(() => parseFilter(text), ParameterError, text);
  assert.throws(() => attributesText({ a: NaN }), ParameterError);
});

test("of filters that cover each other one is kept, of a chain the widest", () => {
  const chain = [3, 5, 1].map((bound) => [where("x", "<", bound)]);
  assert.deepEqual(widest(chain), [[where("x", "<", 5)]]);
  assert.equal(widest([[where("x", "<", 5)], [where("x", "<", 5), where("x", "<", 7)]]).length, 1);
});

test("a neighbour is told only the widest filter, and the narrower one again when the wide one goes", () => {
  const table = new SubscriptionTable();
  table.connect(1);
  table.connect(2);
  assert.deepEqual(table.subscribe(2, [where("x", "<", 5)]), [{ neighbour: 1, subscribe: [[where("x", "<", 5)]], unsubscribe: [] }]);
  assert.deepEqual(table.subscribe("local", [where("x", "<", 3)]), [{ neighbour: 2, subscribe: [[where("x", "<", 3)]], unsubscribe: [] }]);
  table.checkInvariants();
  assert.deepEqual(table.sidesFor({ x: 2 }, 1), [2, "local"]);
  assert.deepEqual(table.sidesFor({ x: 4 }, 1), [2]);
  assert.deepEqual(table.unsubscribe(2, [where("x", "<", 5)]), [{ neighbour: 1, subscribe: [[where("x", "<", 3)]], unsubscribe: [[where("x", "<", 5)]] }]);
  assert.deepEqual(table.disconnect(1), []);
  assert.deepEqual(table.connect(1), [{ neighbour: 1, subscribe: [[where("x", "<", 3)]], unsubscribe: [] }]);
  table.checkInvariants();
});
