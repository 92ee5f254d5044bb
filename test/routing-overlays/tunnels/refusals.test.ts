/** What a description of a world of tunnels must not hold; each case names the place. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterError } from "overlay-lab/dist/errors";
import {
  TunnelNode, UnderlayRoutes, admitToTunnel, canonicalAddress, covers, decapsulate, encapsulate, fragment, hopsOf, journeyRows, matches, nameLabels, overheadBytes, planWorld, readPacket, underlayTransport, urlLabels,
  wouldLoop, writePacket,
} from "overlay-lab/dist/routing-overlays/tunnels";

const OVERLAY = { name: "v", family: "ipv4", members: [{ node: 0, address: "1.0.0.1" }, { node: 2, address: "1.0.0.2" }], tunnels: [{ a: 0, b: 2 }] };
const WORLD = { nodes: [{ name: "a" }, { name: "b" }, { name: "c" }], links: [{ a: 0, b: 1, delayUs: 1 }, { a: 1, b: 2, delayUs: 1 }], overlays: [OVERLAY] };
const VPN = { a: 0, b: 2, routesAtA: [], routesAtB: [] };
const plan = (change: object) => planWorld({ ...WORLD, ...change } as never);
const overlay = (change: object) => plan({ overlays: [{ ...OVERLAY, ...change }] });

test("words that are none, in routing and encapsulation, are refused where they stand", () => {
  for (const word of ["linkstate", "toString", "", 1]) {
    assert.throws(() => overlay({ routing: word }), ParameterError, `routing ${word}`);
    assert.throws(() => overlay({ encapsulation: word }), ParameterError, `encapsulation ${word}`);
    assert.throws(() => overlay({ tunnels: [{ a: 0, b: 2, encapsulation: word }] }), ParameterError, `tunnel ${word}`);
    assert.throws(() => plan({ vpns: [{ ...VPN, encapsulation: word }] }), ParameterError, `vpn ${word}`);
    assert.throws(() => overheadBytes({ family: "ipv4", source: "1.0.0.1", destination: "1.0.0.2", encapsulation: word as never }), ParameterError, `overhead ${word}`);
  }
  assert.throws(() => overlay({ encapsulation: "gre" }), /got "gre"; expected one of ip-in-ip, udp/);
});

test("missing lists and entries, and values of another kind, are refused", () => {
  for (const wrong of [null, 5, "x", {}, [null], [5]]) {
    for (const change of [{ nodes: wrong }, { links: wrong }, ...(wrong === null ? [] : [{ overlays: wrong }, { vpns: wrong }])]) assert.throws(() => plan(change), ParameterError, JSON.stringify(change));
    for (const change of [{ members: wrong }, { tunnels: wrong }, ...(wrong === "x" ? [] : [{ name: wrong }]), { family: wrong }]) assert.throws(() => overlay(change), ParameterError, JSON.stringify(change));
    assert.throws(() => plan({ vpns: [{ ...VPN, routesAtA: wrong }] }), ParameterError);
    assert.throws(() => plan({ nodes: [{ name: "a" }, { name: "b" }, { name: "c", isPrivate: wrong }] }), ParameterError);
    for (const read of [nameLabels, urlLabels, (text: string) => canonicalAddress("content", text)]) assert.throws(() => read(wrong === "x" ? "" : (wrong as never)), ParameterError);
    for (const read of [readPacket, (bytes: Uint8Array) => fragment(bytes, 100)]) assert.throws(() => read(wrong as never), ParameterError);
  }
  for (const wrong of [undefined, null, 5]) assert.throws(() => planWorld(wrong as never), ParameterError);
  for (const port of [0, 65536, 1.5, "x"]) assert.throws(() => overlay({ port }), ParameterError);
  assert.throws(() => canonicalAddress("mac" as never, "x"), ParameterError);
  assert.throws(() => writePacket("mac" as never, { source: "a", destination: "b", timeToLive: 1, next: 1 }, new Uint8Array(0)), ParameterError);
});

test("a node that is not in the plan is refused", () => {
  const good = plan({});
  const routes = new UnderlayRoutes(good);
  for (const node of [3, -1, 0.5, NaN]) assert.throws(() => new TunnelNode(good, routes, node), ParameterError);
  assert.throws(() => new TunnelNode(undefined as never, routes, 0), ParameterError);
});

test("rules, plans, filters and traces refuse what is none, with the parameter's name, and never with a raw TypeError", () => {
  const world = planWorld(WORLD as never);
  const packet = readPacket(writePacket("ipv4", { source: "1.0.0.1", destination: "1.0.0.2", timeToLive: 9, next: 17 }, new Uint8Array(4)));
  const calls: Readonly<Record<string, (value: never) => unknown>> = {
    underlayTransport, decapsulate,
    hopsOf: (value) => hopsOf(value),
    UnderlayRoutes: (value) => new UnderlayRoutes(value),
    "TunnelNode plan": (value) => new TunnelNode(value, new UnderlayRoutes(world), 0),
    "TunnelNode routes": (value) => new TunnelNode(world, value, 0),
    admitToTunnel: (value) => admitToTunnel(value, 1400),
    "admitToTunnel MTU": (value) => admitToTunnel(packet, value),
    wouldLoop: (value) => wouldLoop(value, "1.0.0.1", "1.0.0.2"),
    "encapsulate inner": (value) => encapsulate(value, new Uint8Array(0), {} as never),
    "encapsulate outer": (value) => encapsulate(packet, new Uint8Array(0), value),
    matches: (value) => matches(value, {}),
    "matches a constraint": (value) => matches([value], { a: 1 }),
    covers: (value) => covers(value, []),
    "covers narrow": (value) => covers([], value),
    "journeyRows plan": (value) => journeyRows([], value),
    "journeyRows hop": (value) => journeyRows([value], world),
  };
  for (const [name, call] of Object.entries(calls)) for (const value of [undefined, null, 0, Number.NaN, "words", true, {}, [null]]) assert.throws(() => call(value as never), ParameterError, `${name}(${String(value)})`);
});
