/** Addresses as text and bytes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import { formatIpAddress, formatIpPrefix, maskAddress, parseIpAddress, parseIpPrefix } from "overlay-lab/dist/ids";
import { RandomStream } from "overlay-lab/dist/simulation/random";

test("the examples of RFC 5952 are written in their recommended form", () => {
  const examples = [
    ["2001:0db8::0001", "2001:db8::1"],
    ["2001:db8:0:0:0:0:2:1", "2001:db8::2:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:DB8::A", "2001:db8::a"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["::ffff:192.0.2.1", "::ffff:c000:201"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
  ];
  for (const [text, expected] of examples) assert.equal(formatIpAddress(parseIpAddress(text)), expected, text);
});

test("dotted addresses are four decimal bytes in order", () => {
  assert.deepEqual([...parseIpAddress("192.0.2.255")], [192, 0, 2, 255]);
  assert.equal(formatIpAddress(Uint8Array.of(10, 0, 255, 1)), "10.0.255.1");
});

test("what is not an address is refused", () => {
  for (const text of ["", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1.2.3.4 ", "0x7f.0.0.1", "-1.0.0.0", "::1::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", ":1", "1:", "fe80::1%eth0", "::1.2.3", "1.2.3.4::", "1:2:3:4:5:6:7:8::", "::g"]) {
    assert.throws(() => parseIpAddress(text), ParameterError, text);
  }
});

test("every 128-bit address is read back from its text", () => {
  const random = new RandomStream({ seed: 1, name: "addresses" });
  for (let i = 0; i < 2000; i++) {
    const address = Uint8Array.from({ length: 16 }, () => (random.integer(2) === 0 ? 0 : random.integer(256)));
    assert.deepEqual(parseIpAddress(formatIpAddress(address)), address);
  }
});

test("a block keeps no bits beyond its length", () => {
  assert.equal(formatIpPrefix(parseIpPrefix("10.128.0.0/9")), "10.128.0.0/9");
  assert.equal(formatIpPrefix(parseIpPrefix("10.1.2.3")), "10.1.2.3/32");
  assert.equal(formatIpPrefix(parseIpPrefix("2001:db8::/32")), "2001:db8::/32");
  assert.equal(formatIpAddress(maskAddress(parseIpAddress("10.255.255.255"), 9)), "10.128.0.0");
  for (const text of ["10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "::/129", "10.0.0.0/08", "10.0.0.0/-1"]) assert.throws(() => parseIpPrefix(text), ParameterError, text);
});
