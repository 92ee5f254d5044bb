/** Longest-prefix match, against a list that is searched from end to end. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { PrefixTable, formatIpPrefix, maskAddress, parseIpAddress, parseIpPrefix, type IpPrefix } from "overlay-lab/dist/ids";
import { RandomStream } from "overlay-lab/dist/simulation/random";

test("the longest block that holds an address wins", () => {
  const table = new PrefixTable(32);
  for (const [text, value] of [["0.0.0.0/0", 1], ["10.0.0.0/8", 2], ["10.1.0.0/16", 3], ["10.1.2.3/32", 4]] as const) table.set(parseIpPrefix(text), value);
  const lookup = (text: string) => table.lookup(parseIpAddress(text));
  assert.deepEqual(["10.1.2.3", "10.1.2.4", "10.2.0.0", "11.0.0.0"].map(lookup), [4, 3, 2, 1]);
  const match = table.match(parseIpAddress("10.1.2.4"));
  assert.equal(match && formatIpPrefix(match), "10.1.0.0/16");
  assert.deepEqual(table.entries().map((entry) => [formatIpPrefix(entry), entry.value]), [["0.0.0.0/0", 1], ["10.0.0.0/8", 2], ["10.1.0.0/16", 3], ["10.1.2.3/32", 4]]);
});

test("an empty table matches nothing", () => {
  const table = new PrefixTable(128);
  assert.equal(table.lookup(parseIpAddress("::1")), -1);
  assert.equal(table.match(parseIpAddress("::1")), null);
  assert.equal(table.delete(parseIpPrefix("::/0")), -1);
});

for (const bits of [32, 128] as const) {
  test(`${bits}-bit tables agree with a list over 20,000 changes and look-ups`, () => {
    const random = new RandomStream({ seed: bits, name: "prefixes" });
    const table = new PrefixTable(bits);
    const list = new Map<string, IpPrefix & { value: number }>();
    // Few distinct bytes, so that blocks lie inside each other.
    const address = () => Uint8Array.from({ length: bits / 8 }, () => [0, 128, 192, 255][random.integer(4)]);
    for (let step = 0; step < 20000; step++) {
      const length = random.integer(bits + 1);
      const prefix = { address: maskAddress(address(), length), length };
      const key = formatIpPrefix(prefix);
      const action = random.integer(3);
      if (action === 0) {
        assert.equal(table.set(prefix, step), list.get(key)?.value ?? -1);
        list.set(key, { ...prefix, value: step });
      } else if (action === 1) {
        const known = [...list.values()];
        const chosen = known.length > 0 && random.integer(4) > 0 ? known[random.integer(known.length)] : prefix;
        assert.equal(table.delete(chosen), list.get(formatIpPrefix(chosen))?.value ?? -1);
        list.delete(formatIpPrefix(chosen));
      } else {
        const asked = address();
        let best: (IpPrefix & { value: number }) | undefined;
        for (const entry of list.values()) if (maskAddress(asked, entry.length).every((byte, index) => byte === entry.address[index]) && (best === undefined || entry.length > best.length)) best = entry;
        assert.equal(table.lookup(asked), best?.value ?? -1);
        assert.equal(table.match(asked)?.length, best?.length);
      }
      assert.equal(table.size, list.size);
      if (step % 2000 === 0) table.checkInvariants();
    }
    for (const entry of [...list.values()]) table.delete(entry);
    table.checkInvariants();
    assert.deepEqual(table.entries(), []);
  });
}

test("addresses of the other width, stray bits and bad values are refused", () => {
  const table = new PrefixTable(32);
  assert.throws(() => table.lookup(parseIpAddress("::1")), ParameterError);
  assert.throws(() => table.set({ address: parseIpAddress("10.0.0.1"), length: 8 }, 1), ParameterError);
  assert.throws(() => table.set(parseIpPrefix("10.0.0.0/8"), -1), ParameterError);
  assert.throws(() => new PrefixTable(64 as 32), ParameterError);
  assert.equal(table.size, 0);
});
