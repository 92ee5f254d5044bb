export * from "./tunnels";
export * from "./end-system-multicast";
