/**
 * 6to4 (RFC 3056): an island that has one IPv4 address gets a block of IPv6 addresses that contains it, 2002:V4ADDR::/48, and the end of the tunnel to another
 * such island is read from the destination itself: nobody configures anything. The checks are those of RFC 3056, section 2, and RFC 3964, section 4.
 * Tests: test/routing-overlays/experimental-ip/six-bone.test.ts
 */
import { ParameterError } from "../../errors";
import { formatIpAddress, parseIpAddress, type IpAddress, type IpPrefix } from "../../ids/ip-address";

/** 2002::/16. */
export const SIX_TO_FOUR_PREFIX: IpPrefix = Object.freeze({ address: parseIpAddress("2002::"), length: 16 });
/** The address at which any relay answers (RFC 3068): the nearest one gets the packet. */
export const RELAY_ANYCAST = "192.88.99.1";
/** Blocks that cannot stand in a 6to4 address because they name no single host of the Internet: first byte(s) and how many bits count. */
const NOT_GLOBAL: readonly (readonly [address: string, bits: number])[] = [
  ["0.0.0.0", 8], ["10.0.0.0", 8], ["127.0.0.0", 8], ["169.254.0.0", 16], ["172.16.0.0", 12], ["192.168.0.0", 16], ["224.0.0.0", 3],
];

/** Whether an IPv4 address may stand in a 6to4 address: unicast, and not private, loopback or link-local. */
export function isGlobalIpv4(address: IpAddress): boolean {
  if (address.length !== 4) return false;
  return !NOT_GLOBAL.some(([block, bits]) => {
    const parsed = parseIpAddress(block);
    return [0, 1].every((byte) => {
      const mask = 0xff & (0xff << (8 - Math.min(8, Math.max(0, bits - 8 * byte))));
      return (address[byte] & mask) === (parsed[byte] & mask);
    });
  });
}

/**
 * The block of an island with a given IPv4 address.
 * @param address4 "192.0.2.4"
 * @returns 2002:c000:204::/48 for it
 * @throws ParameterError for an address that is not global unicast
 */
export function sixToFourPrefix(address4: string): IpPrefix {
  const four = parseIpAddress(address4);
  if (!isGlobalIpv4(four)) throw new ParameterError({ what: "no 6to4 block for this address", got: address4, expected: "a global unicast IPv4 address (not private, loopback, link-local or a group)" });
  const address = new Uint8Array(16);
  address.set([0x20, 0x02]);
  address.set(four, 2);
  return { address, length: 48 };
}

/** The IPv4 address within a 6to4 address, as text; `null` when it is no 6to4 address or holds one that is not global. */
export function embeddedIpv4(address: IpAddress): string | null {
  if (address.length !== 16 || address[0] !== 0x20 || address[1] !== 0x02) return null;
  const four = address.slice(2, 6);
  return isGlobalIpv4(four) ? formatIpAddress(four) : null;
}

/**
 * Whether a packet that came out of an automatic tunnel may be believed: a 6to4 source must name the router that sent the outer packet, else anybody could write
 * any source (RFC 3964, section 4.1). Other sources come through relays, of which there is no list.
 */
export function isCredible(innerSource: IpAddress, outerSource: string): boolean {
  if (innerSource[0] !== 0x20 || innerSource[1] !== 0x02) return true;
  return embeddedIpv4(innerSource) === outerSource;
}
