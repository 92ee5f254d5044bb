/** Section 9.4.1: experimental versions of IP as overlays. The MBone (multicast) and the 6-Bone (IPv6). */
export { islandsOf, planTunnels, type TunnelChoice } from "./islands";
export { MBONE_DEFAULTS, MEMBERSHIP_DEFAULTS, mboneOptions, membershipIntervalUs, type DvmrpOptions, type MboneOptions, type MembershipOptions } from "./mbone-options";
export { LegacyRouter, MboneHost } from "./mbone-host";
export { frameBytes, type MboneFrame, type MboneMessage, type MulticastData, type UnicastHeader } from "./mbone-packets";
export { planMbone, type MboneInterface, type MboneLinkSpec, type MbonePlan, type MboneRouterSpec, type MboneSubnetPlan, type MboneSubnetSpec, type MboneTunnelSpec, type MboneWorldSpec } from "./mbone-plan";
export { MboneWorld, UnicastRoutes, mboneTransport, type MboneDrop, type MboneObserver } from "./mbone-world";
export { FIRST_GROUP, LAST_GROUP, MBONE_SCOPES, groupNumber, ipv4Bytes, ipv4Number, ipv4Text, ipv6Group, ipv6GroupScope, isClassD, isRoutableGroup, passesThreshold, type Ipv6Scope } from "./multicast-address";
export { MulticastRouter, type Neighbour } from "./multicast-router";
