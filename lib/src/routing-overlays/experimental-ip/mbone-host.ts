/**
 * The two plain kinds of node in an MBone world: a host, which joins groups, sends to them and gets what others send, and a legacy router, which forwards
 * unicast by the outer header and knows nothing of groups. Section 9.4.1; RFC 1112 for hosts. Tests: test/routing-overlays/experimental-ip/mbone.test.ts
 */
import { checkNumber } from "../../errors";
import type { Process, ProcessContext } from "../../simulation/contract";
import { frameOf, messageBytes, type MboneFrame, type MulticastData } from "./mbone-packets";
import { forwardUnicast, type MboneWorld } from "./mbone-world";
import { GroupMember } from "./membership";
import { groupNumber } from "./multicast-address";

type Context = ProcessContext<MboneFrame>;

/** Largest UDP payload in an IPv4 packet without options, with room for an outer header. */
const LARGEST_PAYLOAD_BYTES = 65535 - 48;

/** A host on a subnet. */
export class MboneHost implements Process<MboneFrame> {
  readonly membership: GroupMember<Context>;
  private readonly subnet: number;
  private nextSequence = 0;

  /** @param firstSequence number of its first packet: a host that starts anew must not repeat numbers */
  constructor(
    private readonly world: MboneWorld,
    readonly node: number,
    firstSequence = 0,
  ) {
    this.subnet = world.plan.subnetOf[node];
    this.nextSequence = firstSequence;
    const say = (kind: "report" | "leave") => (context: Context, group: number) => world.sendToSubnet(context, node, this.subnet, frameOf({ kind, group }, messageBytes({ kind, group }), 1, null));
    this.membership = new GroupMember(world.options, { sendReport: say("report"), sendLeave: say("leave") });
  }

  onStart(): void {
    // A host waits for its user.
  }

  onMessage(context: Context, _from: number, frame: MboneFrame): void {
    const { message } = frame;
    if (message.kind === "query") this.membership.heardQuery(context, message.group, message.maxResponseUs);
    else if (message.kind === "report") this.membership.heardReport(context, message.group);
    else if (message.kind === "data" && this.membership.isMember(message.group)) this.world.delivered(this.node, message, frame.timeToLive, context.nowUs);
  }

  onTimer(context: Context, _name: string, group: number): void {
    this.membership.onAnswer(context, group);
  }

  /** Becomes a member. @param group a class D address that routers forward; @throws ParameterError for another */
  join(context: Context, group: string): void {
    this.membership.join(context, groupNumber(group));
  }

  /** Ends the membership; no effect if there is none. @throws ParameterError for a bad group */
  leave(context: Context, group: string): void {
    this.membership.leave(context, groupNumber(group));
  }

  /**
   * Sends one packet to a group; a sender need not be a member, and gets no copy.
   * @param payloadBytes 0..65487
   * @param timeToLive 1..255: see `MBONE_SCOPES`
   * @returns number of the packet at this host
   * @throws ParameterError for a bad group or value
   */
  send(context: Context, group: string, payloadBytes: number, timeToLive = 127): number {
    const number = groupNumber(group);
    checkNumber("payloadBytes", payloadBytes, { min: 0, max: LARGEST_PAYLOAD_BYTES, integer: true, unit: "bytes" });
    checkNumber("timeToLive", timeToLive, { min: 1, max: 255, integer: true, unit: "hops" });
    const sequence = this.nextSequence;
    this.nextSequence += 1;
    const data: MulticastData = { kind: "data", source: this.world.plan.addresses[this.node], group: number, sequence, payloadBytes };
    this.world.sendToSubnet(context, this.node, this.subnet, frameOf(data, messageBytes(data), timeToLive, null));
    return sequence;
  }

  view(): unknown {
    return { groups: this.membership.groups };
  }
}

/** A router of the legacy Internet. */
export class LegacyRouter implements Process<MboneFrame> {
  constructor(
    private readonly world: MboneWorld,
    readonly node: number,
  ) {}

  onStart(): void {
    // Its unicast tables are given.
  }

  onMessage(context: Context, _from: number, frame: MboneFrame): void {
    if (frame.unicast !== null && frame.unicast.to === this.node) return this.world.dropped(this.node, "unknown-tunnel", frame);
    forwardUnicast(this.world, context, this.node, frame);
  }

  onTimer(): void {
    // Sets none.
  }
}
