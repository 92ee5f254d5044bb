export { RouteReport, type StructuredProcess, type StructuredSnapshot } from "./overlay";
export type { RoutedApplication, RoutingOverlay } from "./application";
export { LOOKUP_OUTCOME, LookupLog } from "./lookup-log";
export { KeyStore } from "./key-store";
export { hostTransport, virtualNodes, type VirtualNodes } from "./virtual-nodes";
export * from "./chord";
