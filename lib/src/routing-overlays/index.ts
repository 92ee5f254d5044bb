export * from "./tunnels";
export * from "./end-system-multicast";
export * from "./resilient-overlay-network";
export * from "./experimental-ip";
