export { simulateGroup, upMembers, type Group, type GroupSpec, type LinkEvent } from "./group-world";
export { GroupGuard, forwardingLoops, meshLinks, meshParts, type ForwardingLoop } from "./mesh-state";
export { PacketLog, type PacketRecord } from "./packet-log";
