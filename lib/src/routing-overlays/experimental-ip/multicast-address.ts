/**
 * Group addresses: class D of IPv4 (RFC 1112, section 4; RFC 5771) and ff00::/8 of IPv6 with its scopes (RFC 4291, section 2.7), and the words for how far
 * a packet may go: the time to live that MBone tools set, and the thresholds of tunnels. IPv4 addresses are numbers 0..2^32 - 1 here, as the routers' tables keep them.
 * Tests: test/routing-overlays/experimental-ip/bad-input.test.ts
 */
import { ParameterError } from "../../errors";
import { formatIpAddress, parseIpAddress, type IpAddress } from "../../ids/ip-address";

/** 224.0.0.0, the first group address. */
export const FIRST_GROUP = 0xe0000000;
/** 239.255.255.255, the last one. */
export const LAST_GROUP = 0xefffffff;
/** 224.0.0.1: every system on the subnet; general queries go there. */
export const ALL_SYSTEMS = 0xe0000001;
/** 224.0.0.2: every router on the subnet; leave messages go there. */
export const ALL_ROUTERS = 0xe0000002;
/** 224.0.0.4: every DVMRP router on the link. */
export const ALL_DVMRP_ROUTERS = 0xe0000004;
/** Groups up to 224.0.0.255 never leave their link. */
const LAST_LINK_LOCAL = 0xe00000ff;

/** An address of 4 bytes as a number. */
export function ipv4Number(address: IpAddress): number {
  if (!(address instanceof Uint8Array) || address.length !== 4) throw new ParameterError({ what: "not a 32-bit address", got: address, expected: "4 bytes" });
  return ((address[0] << 24) | (address[1] << 16) | (address[2] << 8) | address[3]) >>> 0;
}

/** A number as an address of 4 bytes. */
export function ipv4Bytes(number: number): IpAddress {
  return Uint8Array.of(number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255);
}

/** A number in dotted decimal. */
export function ipv4Text(number: number): string {
  return formatIpAddress(ipv4Bytes(number));
}

/** Whether an IPv4 address is a group: its first four bits are 1110. */
export function isClassD(address: number): boolean {
  return address >= FIRST_GROUP && address <= LAST_GROUP;
}

/** Whether routers forward a group: class D, but not 224.0.0.0/24. */
export function isRoutableGroup(address: number): boolean {
  return isClassD(address) && address > LAST_LINK_LOCAL;
}

/**
 * Reads a group that hosts may join.
 * @param text "224.2.127.254"
 * @throws ParameterError for an address outside class D or one that routers keep for themselves (224.0.0.0/24)
 */
export function groupNumber(text: string): number {
  const address = parseIpAddress(text);
  const number = address.length === 4 ? ipv4Number(address) : -1;
  if (!isRoutableGroup(number)) throw new ParameterError({ what: "not a group that hosts can join", got: text, expected: "a class D address, 224.0.1.0 to 239.255.255.255" });
  return number;
}

/** How far an IPv6 group reaches, by the four bits of its scope. */
export type Ipv6Scope = "interface" | "link" | "admin" | "site" | "organization" | "global";
const SCOPES = new Map<number, Ipv6Scope>([[1, "interface"], [2, "link"], [4, "admin"], [5, "site"], [8, "organization"], [14, "global"]]);

/** The scope of an IPv6 group; `null` for an address that is no group or has an unassigned scope. */
export function ipv6GroupScope(address: IpAddress): Ipv6Scope | null {
  if (address.length !== 16 || address[0] !== 0xff) return null;
  return SCOPES.get(address[1] & 15) ?? null;
}

/**
 * Reads an IPv6 group that hosts may join and routers forward.
 * @throws ParameterError for anything else, in particular interface and link scope
 */
export function ipv6Group(text: string): IpAddress {
  const address = parseIpAddress(text);
  const scope = ipv6GroupScope(address);
  if (scope === null || scope === "interface" || scope === "link") throw new ParameterError({ what: "not an IPv6 group that routers forward", got: text, expected: "ff00::/8 with a scope from 4 (admin) to e (global), such as ff1e::1" });
  return address;
}

/** Time to live that MBone tools gave to a session of each reach, and the threshold of the tunnels at its edge, so that a packet stays inside. */
export const MBONE_SCOPES = Object.freeze({
  subnet: Object.freeze({ timeToLive: 1, threshold: 1 }),
  site: Object.freeze({ timeToLive: 15, threshold: 16 }),
  region: Object.freeze({ timeToLive: 63, threshold: 64 }),
  world: Object.freeze({ timeToLive: 127, threshold: 128 }),
});

/**
 * Whether a packet leaves through an interface: its time to live, as it arrived, must be greater than the interface's threshold (RFC 1075, section 2; the
 * kernels of the MBone compared before they took one off).
 */
export function passesThreshold(timeToLive: number, threshold: number): boolean {
  return timeToLive > threshold;
}
