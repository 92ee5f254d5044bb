/** Section 9.4.1: the Resilient Overlay Network. */
export { LinkMonitor as RonLinkMonitor } from "./link-monitor";
export { Membership as RonMembership } from "./membership";
export { messageBytes as ronMessageBytes, PROBE as RON_PROBE, PROBE_CONFIRM as RON_PROBE_CONFIRM, PROBE_REPLY as RON_PROBE_REPLY, type AnnounceMessage as RonAnnounceMessage, type CarriedMessage as RonCarriedMessage, type DataMessage as RonDataMessage, type LinkStateMessage as RonLinkStateMessage, type RelayMessage as RonRelayMessage, type RonMessage } from "./messages";
export { MOST_MEMBERS as MOST_RON_MEMBERS, RON_DEFAULTS, ronParameters, type RonParameters } from "./parameters";
export { composeLoss, composePath, isBetterBy, movingAverage, pathCost, RON_METRICS, throughputScore, DIRECT as DIRECT_PATH, type OverlayPath, type PathQuality, type RonMetric } from "./path-metrics";
export { PathTable as RonPathTable } from "./path-table";
export { ANY_PATH, PolicyTable as RonPolicyTable, type RonPolicy } from "./policies";
export { Prober as RonProber } from "./prober";
export { RonNode, type FlowOptions as RonFlowOptions, type JoinState as RonJoinState, type RonNodeOptions, type RonObserver, type RonTraffic, type SendOptions as RonSendOptions } from "./ron-node";
