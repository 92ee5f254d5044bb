/** Section 9.4.1: the Resilient Overlay Network. */
export { LinkMonitor } from "./link-monitor";
export { Membership } from "./membership";
export { messageBytes, PROBE, PROBE_CONFIRM, PROBE_REPLY, type AnnounceMessage, type CarriedMessage, type DataMessage, type LinkStateMessage, type RelayMessage, type RonMessage } from "./messages";
export { MOST_MEMBERS, RON_DEFAULTS, ronParameters, type RonParameters } from "./parameters";
export { composeLoss, composePath, isBetterBy, movingAverage, pathCost, RON_METRICS, throughputScore, DIRECT, type OverlayPath, type PathQuality, type RonMetric } from "./path-metrics";
export { PathTable } from "./path-table";
export { ANY_PATH, PolicyTable, type RonPolicy } from "./policies";
export { Prober } from "./prober";
export { RonNode, type FlowOptions, type JoinState, type RonNodeOptions, type RonObserver, type RonTraffic, type SendOptions } from "./ron-node";
