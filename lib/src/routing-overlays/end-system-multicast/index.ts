/** Section 9.4.1: end system multicast. */
export { CloudNode, cloudMessageBytes, nearestSite, spanningTree, type CloudMessage, type CloudObserver, type CloudPlan } from "./cloud-sites";
export { addThreshold, dropThreshold, evaluateCost, evaluateUtility, scheduledRepair } from "./decisions";
export { memberDelay, naiveUnicastCost, overlayCost, routerMulticastCost, type DeliveryCost, type LinkLoad as MulticastLinkLoad, type MemberDelay } from "./delivery-cost";
export type { DataMessage as MulticastPacket, ForwardingCounts as MulticastCounts, GroupObserver, LinkReason as MeshLinkReason } from "./forwarding";
export { TRANSIENT_FORWARD_US, type Link as MeshLink } from "./links";
export { Membership as MemberList, STATUS as MEMBER_STATUS } from "./membership";
export { messageBytes as naradaMessageBytes, type NaradaMessage } from "./messages";
export { NaradaMember, type MemberOptions as NaradaMemberOptions } from "./narada-member";
export { NARADA_DEFAULTS, naradaParameters, repairBoundSeconds, type NaradaParameters } from "./parameters";
export { UNREACHABLE as UNREACHABLE_US, nextHopOf as meshNextHop, pathOf as meshPath, type RouteVector as MeshRoutes } from "./route-vector";
