export * from "./tunnels";
export * from "./resilient-overlay-network";
