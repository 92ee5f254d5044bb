export * from "./tunnels";
export * from "./experimental-ip";
