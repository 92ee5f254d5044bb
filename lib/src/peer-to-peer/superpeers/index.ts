/** Superpeers: the two-tier overlay as a protocol, and the model of its load (Yang & Garcia-Molina). */
export * from "./election";
export { FileIndex, filesDigest } from "./file-index";
export type { SuperpeerNodeFacts, SuperpeerObserver, SuperpeerSearch } from "./node-core";
export { LeafRole } from "./leaf-role";
export * from "./superpeer-node";
export * from "./superpeer-parameters";
export { SuperpeerRole } from "./superpeer-role";
export * from "./load-costs";
export * from "./load-model";
export * from "./superpeer-graph";
