/**
 * Gossip broadcast over Cyclon's views: whoever hears a message for the first time sends it to `fanout` random nodes of its view. With acknowledgements ("CyclonAcked") a
 * sender that hears nothing back removes the entry, so that broadcasting mends the views.
 * Section: Peterson & Davie 9.4.2. Paper: Leitao, Pereira, Rodrigues, "HyParView", DSN 2007, section 5 (the two protocols that HyParView is held against).
 * Not modelled: the payload. Checked by test/peer-to-peer/gossip/view-broadcast.test.ts and test/paper/gossip.test.ts.
 */
import { ParameterError, checkNumber } from "../../errors";
import type { Process, ProcessContext } from "../../simulation";
import { SECOND_US } from "../../units";
import { Cyclon, CYCLON_HEADER_BYTES, type CyclonMessage } from "./cyclon";
import type { DeliveryObserver } from "./hyparview";

/** Parameters of a broadcast. */
export interface ViewBroadcastParameters {
  /** Nodes that each node forwards to, >= 0 (default 4). */
  readonly fanout: number;
  /** Whether receipts are acknowledged, and silent nodes removed from the view (default false). */
  readonly acknowledged: boolean;
  /** How long a sender waits for an acknowledgement, > 0 (default 1 s). */
  readonly acknowledgeUs: number;
}

/** Defaults of {@link ViewBroadcastParameters}. */
export const VIEW_BROADCAST_DEFAULTS: ViewBroadcastParameters = Object.freeze({ fanout: 4, acknowledged: false, acknowledgeUs: SECOND_US });

/** Messages: those of Cyclon, and the broadcast's. */
export type ViewBroadcastMessage = CyclonMessage | { readonly kind: "gossip"; readonly id: number; readonly hops: number } | { readonly kind: "acknowledge" };

const GOSSIP_BYTES = CYCLON_HEADER_BYTES + 8;
const ACKNOWLEDGE_BYTES = CYCLON_HEADER_BYTES;

/** Cyclon with a broadcast on top; one process for all nodes. */
export class CyclonBroadcast implements Process<ViewBroadcastMessage> {
  readonly parameters: ViewBroadcastParameters;
  /** Copies that arrived where the message was known already. */
  redundant = 0;
  private readonly seen: Set<number>[];

  /**
   * @param cyclon the membership, whose population this is
   * @param observer told of each first receipt
   * @throws ParameterError when a parameter is out of range
   */
  constructor(readonly cyclon: Cyclon, parameters: Partial<ViewBroadcastParameters> = {}, private readonly observer: DeliveryObserver = () => undefined) {
    if (!(cyclon instanceof Cyclon)) throw new ParameterError({ what: "no membership to broadcast over", got: cyclon, expected: "a Cyclon", where: "parameter cyclon" });
    const full = { ...VIEW_BROADCAST_DEFAULTS, ...parameters };
    checkNumber("fanout", full.fanout, { min: 0, max: 1000, integer: true });
    checkNumber("acknowledgeUs", full.acknowledgeUs, { min: 1, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" });
    if (typeof full.acknowledged !== "boolean") throw new ParameterError({ what: "bad value for acknowledged", got: full.acknowledged, expected: "true or false", where: "parameter acknowledged" });
    this.parameters = full;
    this.seen = Array.from({ length: cyclon.nodes }, () => new Set());
  }

  onStart(context: ProcessContext<ViewBroadcastMessage>): void {
    this.seen[context.self] = new Set();
    this.cyclon.onStart(context);
  }

  onMessage(context: ProcessContext<ViewBroadcastMessage>, from: number, message: ViewBroadcastMessage): void {
    if (message.kind === "gossip") {
      if (this.parameters.acknowledged) context.send(from, { kind: "acknowledge" }, ACKNOWLEDGE_BYTES);
      this.receive(context, from, message.id, message.hops);
    } else if (message.kind === "acknowledge") context.cancelTimer("acknowledge", from);
    else this.cyclon.onMessage(context, from, message);
  }

  onTimer(context: ProcessContext<ViewBroadcastMessage>, name: string, key: number): void {
    if (name !== "acknowledge") return this.cyclon.onTimer(context);
    const slot = this.cyclon.views.slotOf(context.self, key);
    if (slot !== -1) this.cyclon.views.removeAt(context.self, slot);
  }

  view(node: number): unknown {
    return this.cyclon.view(node);
  }

  /** Starts a broadcast at this node. */
  broadcast(context: ProcessContext<ViewBroadcastMessage>, id: number): void {
    this.receive(context, context.self, id, 0);
  }

  private receive(context: ProcessContext<ViewBroadcastMessage>, from: number, id: number, hops: number): void {
    const { self } = context;
    if (this.seen[self].has(id)) {
      this.redundant += 1;
      return;
    }
    this.seen[self].add(id);
    this.observer(self, id, hops, context.nowUs);
    const targets = this.cyclon.views.sample(self, this.parameters.fanout, context.random("fanout"));
    for (let index = 0; index < targets.length; index += 2) {
      const to = targets[index];
      if (to === from) continue;
      context.send(to, { kind: "gossip", id, hops: hops + 1 }, GOSSIP_BYTES);
      if (this.parameters.acknowledged) context.setTimerOnce("acknowledge", this.parameters.acknowledgeUs, to);
    }
  }
}
