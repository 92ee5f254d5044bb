/** The rules of RFC 2003 and RFC 4213, decision by decision. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { admitToTunnel, decapsulate, encapsulate, overheadBytes, readInner, wouldLoop, type OuterFields } from "overlay-lab/dist/routing-overlays/tunnels/encapsulation";
import { headersOf, nestingOf, readPacket, writePacket } from "overlay-lab/dist/routing-overlays/tunnels/packet";

const OUTER: OuterFields = { family: "ipv4", source: "10.0.0.1", destination: "10.0.0.2", encapsulation: "ip-in-ip", port: 0, timeToLive: 64, dontFragment: false, identification: 5 };
const packetOf = (bytes: number, fields: { dontFragment?: boolean; timeToLive?: number; trafficClass?: number } = {}) => writePacket("ipv4", { source: "192.168.0.1", destination: "192.168.0.2", timeToLive: 9, next: 253, ...fields }, new Uint8Array(bytes - 20));

test("an outer header costs 20 bytes directly in IPv4, 28 with UDP, 40 and 48 over IPv6", () => {
  const outer = (family: "ipv4" | "ipv6", encapsulation: "ip-in-ip" | "udp") => overheadBytes({ family, encapsulation, source: "", destination: "" });
  assert.deepEqual([outer("ipv4", "ip-in-ip"), outer("ipv4", "udp"), outer("ipv6", "ip-in-ip"), outer("ipv6", "udp")], [20, 28, 40, 48]);
  const inner = packetOf(100);
  for (const encapsulation of ["ip-in-ip", "udp"] as const) {
    const bytes = encapsulate(readPacket(inner), inner, { ...OUTER, encapsulation, port: 6080 });
    assert.equal(bytes.length - inner.length, overheadBytes({ ...OUTER, encapsulation }));
  }
});

test("the inner packet comes out as it went in, bit for bit, from every kind of tunnel", () => {
  for (const family of ["ipv4", "ipv6", "name"] as const) {
    const [source, destination] = { ipv4: ["10.0.0.1", "10.0.0.2"], ipv6: ["::1", "::2"], name: ["a.example", "b.example"] }[family];
    for (const encapsulation of ["ip-in-ip", "udp"] as const) {
      if (family === "name" && encapsulation === "ip-in-ip") continue;
      const inner = packetOf(333);
      const bytes = encapsulate(readPacket(inner), inner, { ...OUTER, family, source, destination, encapsulation, port: 6080 });
      const carried = decapsulate(readPacket(bytes));
      assert.deepEqual(carried?.inner, inner);
      assert.equal(carried?.encapsulation, encapsulation);
      assert.equal(nestingOf(bytes), 2);
    }
  }
});

test("the outer header copies the service byte and leaves the inner time to live alone (RFC 2003, 3.1)", () => {
  const inner = packetOf(100, { trafficClass: 0xb8, timeToLive: 3 });
  const headers = headersOf(encapsulate(readPacket(inner), inner, OUTER));
  assert.deepEqual(headers.map(({ timeToLive }) => timeToLive), [64, 3]);
  assert.equal(readPacket(encapsulate(readPacket(inner), inner, OUTER)).trafficClass, 0xb8);
});

test("the don't-fragment flag is copied to the outer header, and such a packet must fit", () => {
  const admit = (bytes: number, dontFragment: boolean, mtu: number) => admitToTunnel(readPacket(packetOf(bytes, { dontFragment })), mtu);
  assert.deepEqual(admit(1480, true, 1480), { action: "carry", dontFragment: true });
  assert.deepEqual(admit(1481, true, 1480), { action: "refuse", mtuBytes: 1480 });
  assert.deepEqual(admit(1481, false, 1480), { action: "carry", dontFragment: false });
});

test("an IPv6 packet of 1,280 bytes passes any tunnel; a larger one must fit (RFC 4213, 3.2)", () => {
  const admit = (bytes: number, mtu: number) => admitToTunnel(readPacket(writePacket("ipv6", { source: "::1", destination: "::2", timeToLive: 1, next: 253 }, new Uint8Array(bytes - 40))), mtu);
  assert.deepEqual(admit(1280, 556), { action: "carry", dontFragment: false });
  assert.deepEqual(admit(1281, 556), { action: "refuse", mtuBytes: 1280 });
  assert.deepEqual(admit(1480, 1480), { action: "carry", dontFragment: true });
  assert.deepEqual(admit(1481, 1480), { action: "refuse", mtuBytes: 1480 });
});

test("a packet from either end of a tunnel in its own address space would loop (RFC 2003, 3.2)", () => {
  const view = readPacket(packetOf(100));
  assert.deepEqual([wouldLoop(view, "192.168.0.1", "10.0.0.2"), wouldLoop(view, "10.0.0.1", "192.168.0.1"), wouldLoop(view, "10.0.0.1", "10.0.0.2")], [true, true, false]);
});

test("an inner packet whose time to live is 0 is discarded, and other payloads are no tunnel's", () => {
  assert.equal(readInner(packetOf(50, { timeToLive: 0 })), null);
  assert.equal(decapsulate(readPacket(packetOf(50))), null);
});
