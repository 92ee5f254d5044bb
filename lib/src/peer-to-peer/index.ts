export * from "./distribution-time";
export * from "./structured";
export * from "./gossip";
export * from "./superpeers";
export * from "./napster";
export * from "./gnutella";
export * from "./unstructured-search";
