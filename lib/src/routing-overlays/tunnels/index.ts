/** Section 9.4: overlays and the tunnels they are made of. */
export { admitToTunnel, decapsulate, encapsulate, overheadBytes, wouldLoop, type Carried, type Encapsulation, type OuterFields } from "./encapsulation";
export { Reassembler, fragment, type Reassembly } from "./fragmentation";
export { JOURNEY_COLUMNS, hopsOf, journeyRows, type Hop, type JourneyRow } from "./journey";
export { LabelTable, nameLabels, urlLabels } from "./label-table";
export { UnderlayRoutes, type DropReason, type LayerCounts, type LayerState, type NodeState, type ReceivedError, type TunnelEnd } from "./node-state";
export { ADDRESS_FAMILIES, addressFamily, canonicalAddress, headersOf, readPacket, writePacket, type AddressFamily, type HeaderView, type PacketFields, type PacketView } from "./packet";
export {
  DEFAULT_TUNNEL_PORT, UNDERLAY, planWorld, type LayerPlan, type MemberPlan, type MemberSpec, type OverlaySpec, type TunnelPlan, type TunnelSpec, type TunnelWorldPlan, type TunnelWorldSpec,
  type UnderlayLinkSpec, type UnderlayNodeSpec, type VpnSpec,
} from "./plan";
export { covers, matches, type Attributes, type Constraint, type Filter, type Operator } from "./predicates";
export { SwitchRules, leastOutstanding, mayRepeat, roundRobin, type BalancingPolicy, type ServerView, type SwitchRule } from "./level-seven-rules";
export { HttpClient, HttpServer, LevelSevenSwitch, RESPONSE_HEAD_BYTES, type HttpMessage, type SwitchCounts, type SwitchOptions } from "./level-seven-switch";
export { SubscriptionTable, type Side, type SubscriptionUpdate } from "./subscriptions";
export { TunnelNode, type SendRequest } from "./tunnel-node";
export { TUNNEL_DEFAULTS, type Delivery, type Frame, type TunnelObserver, type TunnelOptions } from "./tunnel-options";
export { underlayTransport } from "./underlay-transport";
