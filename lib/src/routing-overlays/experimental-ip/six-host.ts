/**
 * An IPv6 host: sends to addresses and groups, joins groups by MLD, and learns from ICMPv6 how large a packet may be on its way (RFC 8201). Section 9.4.1.
 * Tests: test/routing-overlays/experimental-ip/six-bone.test.ts
 */
import { decodeIcmpError, type IcmpProblem } from "../../codecs/icmp";
import { decodeMld, encodeMld, isMld } from "../../codecs/igmp";
import { IPV6_HEADER_BYTES, PROTOCOL } from "../../codecs/ip-headers";
import { ParseError, checkNumber } from "../../errors";
import { formatIpAddress, parseIpAddress } from "../../ids/ip-address";
import type { Process, ProcessContext } from "../../simulation/contract";
import { canonicalAddress, quotedDestination, readPacket, writePacket } from "../tunnels/packet";
import { GroupMember } from "./membership";
import { ipv6Group } from "./multicast-address";
import { ALL_IPV6_ROUTERS } from "./six-multicast";
import type { SixBoneWorld, SixFrame } from "./six-world";

type Context = ProcessContext<SixFrame>;

/** An error that reached the sender of a packet. */
export interface SixError {
  readonly timeUs: number;
  readonly problem: IcmpProblem;
  /** With "too-big": what fits, bytes. */
  readonly mtuBytes: number;
  /** Where the packet was going. */
  readonly destination: string;
}

/** The process of one host. */
export class SixHost implements Process<SixFrame> {
  readonly address: string;
  readonly membership: GroupMember<Context>;
  readonly errors: SixError[] = [];
  /** Largest packet known to reach an address. */
  readonly pathMtuBytes = new Map<string, number>();
  private readonly router: number;
  private readonly mtuBytes: number;

  constructor(
    private readonly world: SixBoneWorld,
    readonly node: number,
  ) {
    const { plan } = world;
    this.address = plan.addresses6[node];
    ({ router: this.router, mtuBytes: this.mtuBytes } = plan.hosts[node - plan.routerCount]);
    this.membership = new GroupMember(world.options, {
      sendReport: (context, group) => this.sendMld(context, "report", group),
      sendLeave: (context, group) => this.sendMld(context, "leave", group),
    });
  }

  onStart(): void {
    // A host waits for its user.
  }

  onMessage(context: Context, _from: number, frame: SixFrame): void {
    try {
      const view = readPacket(frame.packet);
      const addresses = { source: parseIpAddress(view.source), destination: parseIpAddress(view.destination) };
      if (view.next === PROTOCOL.icmpv6 && isMld(view.payload)) {
        const { kind, maxResponse, group } = decodeMld(view.payload, addresses);
        const text = formatIpAddress(group);
        if (kind === "query") this.membership.heardQuery(context, text === "::" ? 0 : this.world.book.numberOf(text), Math.max(1, maxResponse * 1000));
      } else if (view.next === PROTOCOL.icmpv6) this.takeError(context, decodeIcmpError(6, view.payload, addresses));
      else if (view.destination === this.address || (view.destination.startsWith("ff") && this.membership.isMember(this.world.book.numberOf(view.destination)))) {
        const { source, destination, timeToLive, payload } = view;
        this.world.observer.delivered?.({ timeUs: context.nowUs, node: this.node, source, destination, hopLimit: timeToLive, payload });
      }
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.world.observer.dropped?.(this.node, "malformed", frame.packet);
    }
  }

  onTimer(context: Context, _name: string, group: number): void {
    this.membership.onAnswer(context, group);
  }

  /** Becomes a member. @param group such as ff1e::1; @throws ParameterError for anything that routers do not forward */
  join(context: Context, group: string): void {
    this.membership.join(context, this.world.book.numberOf(formatIpAddress(ipv6Group(group))));
  }

  /** Ends the membership. @throws ParameterError for a bad group */
  leave(context: Context, group: string): void {
    this.membership.leave(context, this.world.book.numberOf(formatIpAddress(ipv6Group(group))));
  }

  /**
   * Sends one packet.
   * @param destination an address or a group
   * @param payload at most what this host's link takes less 40 bytes
   * @param hopLimit 1..255, default 64
   * @throws ParameterError for a bad value
   */
  send(context: Context, destination: string, payload: Uint8Array, hopLimit = 64): void {
    const to = canonicalAddress("ipv6", destination);
    if (to.startsWith("ff")) ipv6Group(to);
    checkNumber("payload", payload.length, { max: this.mtuBytes - IPV6_HEADER_BYTES, unit: "bytes" });
    checkNumber("hopLimit", hopLimit, { min: 1, max: 255, integer: true, unit: "hops" });
    this.world.send(context, this.node, this.router, { kind: "data", packet: writePacket("ipv6", { source: this.address, destination: to, timeToLive: hopLimit, next: PROTOCOL.experiment }, payload) });
  }

  view(): unknown {
    return { address: this.address, groups: this.membership.groups.map((group) => this.world.book.textOf(group)), pathMtuBytes: [...this.pathMtuBytes] };
  }

  private sendMld(context: Context, kind: "report" | "leave", group: number): void {
    const text = this.world.book.textOf(group);
    const destination = kind === "leave" ? ALL_IPV6_ROUTERS : text;
    const body = encodeMld({ kind, maxResponse: 0, group: parseIpAddress(text) }, { source: parseIpAddress(this.address), destination: parseIpAddress(destination) });
    this.world.send(context, this.node, this.router, { kind: "mld", packet: writePacket("ipv6", { source: this.address, destination, timeToLive: 1, next: PROTOCOL.icmpv6 }, body) });
  }

  private takeError(context: Context, { problem, mtuBytes, quoted }: { readonly problem: IcmpProblem; readonly mtuBytes: number; readonly quoted: Uint8Array }): void {
    const destination = quotedDestination(quoted) ?? "";
    if (problem === "too-big") this.pathMtuBytes.set(destination, Math.min(mtuBytes, this.pathMtuBytes.get(destination) ?? Infinity));
    this.errors.push({ timeUs: context.nowUs, problem, mtuBytes, destination });
    this.world.observer.error?.(this.node, problem, mtuBytes);
  }
}
