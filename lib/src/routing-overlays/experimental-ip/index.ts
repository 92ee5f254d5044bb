/** Section 9.4.1: experimental versions of IP as overlays. The MBone (multicast) and the 6-Bone (IPv6). */
export { islandsOf, planTunnels, type TunnelChoice } from "./islands";
export { MBONE_DEFAULTS, MEMBERSHIP_DEFAULTS, mboneOptions, membershipIntervalUs, type DvmrpOptions, type MboneOptions, type MembershipOptions } from "./mbone-options";
export { LegacyRouter, MboneHost } from "./mbone-host";
export { frameBytes, type MboneFrame, type MboneMessage, type MulticastData, type UnicastHeader } from "./mbone-packets";
export { planMbone, type MboneInterface, type MboneLinkSpec, type MbonePlan, type MboneRouterSpec, type MboneSubnetPlan, type MboneSubnetSpec, type MboneTunnelSpec, type MboneWorldSpec } from "./mbone-plan";
export { MboneWorld, UnicastRoutes, mboneTransport, type MboneDrop, type MboneObserver } from "./mbone-world";
export { FIRST_GROUP, LAST_GROUP, MBONE_SCOPES, groupNumber, ipv4Bytes, ipv4Number, ipv4Text, ipv6Group, ipv6GroupScope, isClassD, isRoutableGroup, passesThreshold, type Ipv6Scope } from "./multicast-address";
export { MulticastRouter, type Neighbour } from "./multicast-router";
export { PIM_HELLO_BYTES, PIM_PRUNE_BYTES, RIP_HEADER_BYTES, RIP_INFINITY, RIP_PORT, RIP_ROUTE_BYTES, decodePim, decodeRip, encodePim, encodeRip, type PimMessage, type RipMessage, type RipRoute } from "./six-messages";
export { SixHost, type SixError } from "./six-host";
export { isNative, planSixBone, type SixBonePlan, type SixBoneWorldSpec, type SixHostSpec, type SixInterface, type SixLinkSpec, type SixRouterSpec, type SixTunnelSpec } from "./six-plan";
export { SixRouter, type SixCounts } from "./six-router";
export { RELAY_ANYCAST, SIX_TO_FOUR_PREFIX, embeddedIpv4, isCredible, isGlobalIpv4, sixToFourPrefix } from "./six-to-four";
export { SIX_BONE_DEFAULTS, SixBoneWorld, sixBoneOptions, sixBoneTransport, type SixBoneObserver, type SixBoneOptions, type SixDelivery, type SixDrop, type SixFrame } from "./six-world";
