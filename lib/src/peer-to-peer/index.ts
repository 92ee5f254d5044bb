export * from "./distribution-time";
export * from "./gossip";
export * from "./superpeers";
