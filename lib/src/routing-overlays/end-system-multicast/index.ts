/** Section 9.4.1: end system multicast. */
export { CloudNode, cloudMessageBytes, nearestSite, spanningTree, type CloudMessage, type CloudObserver, type CloudPlan } from "./cloud-sites";
export { addThreshold, dropThreshold, evaluateCost, evaluateUtility, scheduledRepair } from "./decisions";
export { memberDelay, naiveUnicastCost, overlayCost, routerMulticastCost, type DeliveryCost, type LinkLoad, type MemberDelay } from "./delivery-cost";
export type { DataMessage, ForwardingCounts, GroupObserver, LinkReason } from "./forwarding";
export { linkCostUs, TRANSIENT_FORWARD_US, type Link } from "./links";
export { Membership, STATUS } from "./membership";
export { messageBytes, type NaradaMessage } from "./messages";
export { NaradaMember, type MemberOptions } from "./narada-member";
export { NARADA_DEFAULTS, naradaParameters, repairBoundSeconds, type NaradaParameters } from "./parameters";
export { UNREACHABLE, nextHopOf, pathOf, type RouteVector } from "./route-vector";
